/** The part of Jasmine 4.2 that suite.ts uses; the package has no types. */
declare module "jasmine" {
  interface SpecResult {
    readonly fullName: string;
    readonly status: string;
    readonly failedExpectations: readonly { readonly message: string }[];
  }

  export default class Jasmine {
    constructor(options: object);
    exitOnCompletion: boolean;
    randomizeTests(random: boolean): void;
    clearReporters(): void;
    addReporter(reporter: { specDone?(result: SpecResult): void; jasmineDone?(): void }): void;
    execute(): Promise<void>;
  }
}

/** tfjs-node's TypeScript sources, which are bundled so that there is one copy of tfjs-core. */
declare module "@tensorflow/tfjs-node-gpu/src/register_all_kernels" {}
declare module "@tensorflow/tfjs-node-gpu/src/nodejs_kernel_backend" {
  export { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
}
