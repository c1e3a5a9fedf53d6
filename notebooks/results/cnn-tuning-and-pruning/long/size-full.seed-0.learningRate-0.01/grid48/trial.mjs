const $cell = { import: (specifier, options) => import(specifier, options), meta: import.meta, resume: (value) => value, each: (iterable) => iterable, proceed() {}, unwinding: { wait: (value) => value, each: (iterable) => iterable, passOn() {}, enter() {} } };
export default (async ({ config, report, signal, shared, saccade }) => {
	const { shape, recipe, training, heldOut, test } = shared(config);
	const model = saccade.models.createModel("fashion_cnn", shape);
	let trainSeconds = 0;
	const { epochs, steps, notFinite } = await $cell.resume(saccade.train.fit(model, training, {
		...recipe,
		monitor: "training",
		validation: test,
		parallelParts: 1,
		progress: null,
		signal,
		callbacks: { epoch: ({ epoch, seconds, training, validation }) => report(epoch, {
			trainSeconds: trainSeconds += seconds,
			trainAccuracy: training.accuracy,
			trainLoss: training.loss,
			testAccuracy: validation.accuracy,
			testLoss: validation.loss
		}) }
	}));
	const held = config.all || notFinite ? {} : { heldAccuracy: (await $cell.resume(saccade.train.evaluate(model, heldOut))).accuracy };
	return {
		curve: epochs,
		steps,
		passes: epochs.length,
		...held,
		...notFinite && { trainAccuracy: NaN }
	};
});
