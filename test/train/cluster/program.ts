/** What the programs of the workers have in common. */

/** 22 images: the last batch of ten has two, fewer than three processes. */
export const PROGRAM = `
  let state = 1;
  const noise = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
  const labels = Int32Array.from({ length: 22 }, (_, i) => i % 3);
  const images = Uint8Array.from({ length: 22 * 108 }, (_, i) => 90 * labels[Math.floor(i / 108)] + 70 * noise());
  const set = { ...datasets.fromArrays({ images, labels, imageShape: [6, 6, 3] }), mean: 0.5, std: 0.5 };
  const network = (more = []) =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [6, 6, 3], filters: 4, kernelSize: 3, activation: "relu",
          kernelInitializer: tf.initializers.glorotUniform({ seed: 7 + rank }) }),
        ...more,
        tf.layers.flatten(),
        tf.layers.dense({ units: 3, kernelInitializer: tf.initializers.glorotUniform({ seed: 8 + rank }) }),
      ],
    });
  const weightsOf = (model) => {
    const all = model.getWeights().flatMap((weight) => [...weight.dataSync()]);
    return all.filter((_, i) => i % Math.ceil(all.length / 1000) === 0);
  };
  const common = { epochs: 2, batchSize: 10, seed: 3, progress: false, lossEvery: 1 };
  const fitted = async (options, model = network()) => {
    const { losses, epochs } = await train.fit(model, set, { ...common, ...options });
    const means = epochs.flatMap(({ loss, accuracy, validation }) =>
      [loss, accuracy, validation?.loss ?? 0, validation?.accuracy ?? 0]);
    return { losses: losses.map(({ loss }) => loss), means, weights: weightsOf(model) };
  };
  const sgd = { optimizer: { name: "sgd", momentum: 0.9 }, learningRate: 0.02, clipNorm: 0.5, validation: set };
`;
