import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { ready } from "../../../lib/backend/index.js";
import { createModel, loadWeights } from "../../../lib/models/index.js";
import { temporaryFolder } from "../../cli/project.js";
import { zipped } from "../../fixtures/zipped.js";

beforeAll(ready);

const ADVICE = "and not read here: write the weights in Python with safetensors.numpy.save_file";

it("says of Keras' HDF5 what it is, and what to do", async () => {
  const file = join(temporaryFolder(), "model.h5");
  writeFileSync(file, Buffer.concat([Buffer.from("\x89HDF\r\n\x1a\n", "latin1"), Buffer.alloc(64)]));
  const said = `loadWeights: a file must be safetensors or PyTorch's, got ${file}, which is HDF5 (.h5) ${ADVICE}`;
  await expect(loadWeights(createModel("mynet"), file)).rejects.toThrow(said);
});

it("says of Keras' archive what it is, and what to do", async () => {
  const file = join(temporaryFolder(), "model.keras");
  const [empty, none] = [Buffer.from("{}"), Buffer.alloc(8)];
  writeFileSync(file, zipped({ "metadata.json": empty, "config.json": empty, "model.weights.h5": none }));
  const said = `got ${file} which is Keras' archive (.keras) ${ADVICE}`;
  await expect(loadWeights(createModel("mynet"), file)).rejects.toThrow(said);
});
