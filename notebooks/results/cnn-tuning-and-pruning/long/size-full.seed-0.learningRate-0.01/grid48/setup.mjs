const $cell = { import: (specifier, options) => import(specifier, options), meta: import.meta, resume: (value) => value, each: (iterable) => iterable, proceed() {}, unwinding: { wait: (value) => value, each: (iterable) => iterable, passOn() {}, enter() {} } };
export default (async ({ saccade: { datasets } }) => {
	const { train, test } = await $cell.resume(datasets.fashionMnist({ fallback: "generated" }));
	return (config) => {
		const { kernel1, kernel2, channels1, channels2, units, initializer, seed } = config;
		const { batchSize, learningRate, momentum, epochs, targetAccuracy } = config;
		const layers = {
			kernelSize: [kernel1, kernel2],
			filters: [channels1, channels2],
			hidden: [units]
		};
		const shape = {
			...layers,
			initializer,
			seed
		};
		const optimizer = {
			name: "sgd",
			momentum
		};
		const recipe = {
			batchSize,
			learningRate,
			optimizer,
			epochs,
			targetAccuracy,
			seed
		};
		const [heldOut, others] = datasets.split(train, {
			count: config.held,
			seed: 0
		});
		const training = config.all ? train : datasets.subset(others, {
			count: config.images,
			seed: 0
		});
		return {
			shape,
			recipe,
			training,
			heldOut,
			test: datasets.subset(test, {
				count: config.testImages,
				seed: 0
			})
		};
	};
});
