/** TensorFlow's wheels on PyPI that hold the library used here, by platform; digests and sizes as published. */

const TENSORFLOW_VERSION = "2.21.0";

/** A TensorFlow wheel for one platform, and what is taken of it. */
export interface Wheel {
  /** Folder under <cache>/tensorflow: "2.21.0-cpu-linux-x64". */
  readonly folder: string;
  readonly package: string;
  readonly version: string;
  /** The wheel's own tags: any local Python may fetch it, since only its libraries are used. */
  readonly pythonVersion: string;
  readonly platforms: readonly string[];
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Path in the wheel, and its exact size. */
  readonly libraries: Readonly<Record<string, number>>;
  /**
   * Requirements file (in the project, or absolute) of the wheels whose nvidia/ folder must lie beside this one's
   * folder, and what they take.
   */
  readonly companions?: { readonly requirements: string; readonly downloadBytes: number; readonly diskBytes: number };
  /** Said once where nobody has run this yet. */
  readonly untested?: string;
}

const PUBLISHED = { version: TENSORFLOW_VERSION, pythonVersion: "3.12" };
/** Older pips do not know that a system with 2.27 runs what was made for 2.17. */
const LINUX_X64 = [
  "manylinux_2_27_x86_64",
  "manylinux_2_26_x86_64",
  "manylinux_2_25_x86_64",
  "manylinux_2_18_x86_64",
  "manylinux_2_17_x86_64",
  "manylinux2014_x86_64",
];

const WHEELS: Readonly<Record<string, Wheel>> = {
  "cpu-linux-x64": {
    ...PUBLISHED,
    folder: `${TENSORFLOW_VERSION}-cpu-linux-x64`,
    package: "tensorflow-cpu",
    platforms: LINUX_X64,
    sha256: "dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb",
    sizeBytes: 274_000_871,
    libraries: {
      "tensorflow/libtensorflow_cc.so.2": 788_086_608,
      "tensorflow/libtensorflow_framework.so.2": 65_222_328,
    },
  },
  "gpu-linux-x64": {
    ...PUBLISHED,
    folder: `${TENSORFLOW_VERSION}-gpu-linux-x64`,
    package: "tensorflow",
    platforms: LINUX_X64,
    sha256: "b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0",
    sizeBytes: 572_611_111,
    libraries: {
      "tensorflow/libtensorflow_cc.so.2": 1_096_372_272,
      "tensorflow/libtensorflow_framework.so.2": 162_648_808,
    },
    companions: {
      requirements: "lib/setup/nvidia-requirements.txt",
      downloadBytes: 2_807_208_857,
      diskBytes: 7_240_000_000,
    },
  },
  "cpu-linux-arm64": {
    ...PUBLISHED,
    folder: `${TENSORFLOW_VERSION}-cpu-linux-arm64`,
    package: "tensorflow",
    platforms: ["manylinux_2_27_aarch64", "manylinux_2_17_aarch64"],
    sha256: "b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552",
    sizeBytes: 281_946_471,
    libraries: {
      "tensorflow/libtensorflow_cc.so.2": 814_885_544,
      "tensorflow/libtensorflow_framework.so.2": 68_176_664,
    },
    untested: "TensorFlow on Linux for arm64 was never run by Saccade's authors",
  },
  "cpu-darwin-arm64": {
    ...PUBLISHED,
    folder: `${TENSORFLOW_VERSION}-cpu-darwin-arm64`,
    package: "tensorflow",
    platforms: ["macosx_12_0_arm64"],
    sha256: "56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712",
    sizeBytes: 223_488_205,
    libraries: {
      "tensorflow/libtensorflow_cc.2.dylib": 691_352_648,
      "tensorflow/libtensorflow_framework.2.dylib": 49_452_976,
    },
    untested: "TensorFlow on macOS for arm64 was never run by Saccade's authors",
  },
};

/** The wheel for a machine, or null where PyPI has none. */
export function wheelFor(platform: NodeJS.Platform, arch: string, gpu: boolean): Wheel | null {
  return (gpu ? WHEELS[`gpu-${platform}-${arch}`] : undefined) ?? WHEELS[`cpu-${platform}-${arch}`] ?? null;
}
