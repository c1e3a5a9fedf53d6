/**
 * Globals that Node has and the declarations for it lack, for the type checker of cells: WebAssembly, and what Node's
 * other versions have. Beside globals.d.ts, and like it no part of any program of the kernel or the library.
 */

declare namespace SaccadeKernel {
  type WebCrypto = import("node:crypto").webcrypto.Crypto;
  type WebCryptoKey = import("node:crypto").webcrypto.CryptoKey;
  type WebSubtleCrypto = import("node:crypto").webcrypto.SubtleCrypto;
  type NodePerformance = import("node:perf_hooks").Performance;

  type URLPart = "protocol" | "username" | "password" | "hostname" | "port" | "pathname" | "search" | "hash";
  type URLParts = Partial<Record<URLPart | "baseURL", string>>;
  type URLPartMatch = { input: string; groups: Record<string, string | undefined> };
  type URLMatch = Record<URLPart, URLPartMatch> & { inputs: (string | URLParts)[] };
}

interface Crypto extends SaccadeKernel.WebCrypto {}
declare var Crypto: { prototype: Crypto; new (): Crypto };

interface CryptoKey extends SaccadeKernel.WebCryptoKey {}
declare var CryptoKey: { prototype: CryptoKey; new (): CryptoKey };

interface SubtleCrypto extends SaccadeKernel.WebSubtleCrypto {}
declare var SubtleCrypto: { prototype: SubtleCrypto; new (): SubtleCrypto };

interface Performance extends SaccadeKernel.NodePerformance {}
declare var Performance: { prototype: Performance; new (): Performance };

/** The end of a WebSocket. Since Node 23. */
interface CloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}
declare var CloseEvent: {
  prototype: CloseEvent;
  new (type: string, init?: EventInit & { code?: number; reason?: string; wasClean?: boolean }): CloseEvent;
};

/** Since Node 25. */
interface ErrorEvent extends Event {
  readonly message: string;
  readonly filename: string;
  readonly lineno: number;
  readonly colno: number;
  readonly error: any;
}
declare var ErrorEvent: {
  prototype: ErrorEvent;
  new (type: string, init?: EventInit & Partial<Omit<ErrorEvent, keyof Event>>): ErrorEvent;
};

/** More was asked for than there is room for. Since Node 26. */
interface QuotaExceededError extends DOMException {
  readonly quota: number | null;
  readonly requested: number | null;
}
declare var QuotaExceededError: {
  prototype: QuotaExceededError;
  new (message?: string, options?: { quota?: number; requested?: number }): QuotaExceededError;
};

/** Matches URLs against patterns with named parts. Since Node 24. */
interface URLPattern {
  readonly protocol: string;
  readonly username: string;
  readonly password: string;
  readonly hostname: string;
  readonly port: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
  readonly hasRegExpGroups: boolean;
  test(input?: string | SaccadeKernel.URLParts, base?: string): boolean;
  exec(input?: string | SaccadeKernel.URLParts, base?: string): SaccadeKernel.URLMatch | null;
}
declare var URLPattern: {
  prototype: URLPattern;
  new (pattern?: string | SaccadeKernel.URLParts, options?: { ignoreCase?: boolean }): URLPattern;
  new (pattern: string, base: string, options?: { ignoreCase?: boolean }): URLPattern;
};

/** Source: WebAssembly JavaScript Interface, https://webassembly.github.io/spec/js-api/ */
declare namespace WebAssembly {
  type ValueType = "i32" | "i64" | "f32" | "f64" | "v128" | "externref" | "anyfunc";
  type TableKind = "anyfunc" | "externref";
  type ImportExportKind = "function" | "global" | "memory" | "table" | "tag";
  type ImportValue = Function | Global | Memory | Table | Tag | number | bigint;
  type Imports = Record<string, Record<string, ImportValue>>;
  type Exports = Record<string, any>; // any: functions, memories, tables and globals, as the module's author named them
  type Bytes = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

  interface ModuleExportDescriptor {
    name: string;
    kind: ImportExportKind;
  }
  interface ModuleImportDescriptor {
    module: string;
    name: string;
    kind: ImportExportKind;
  }

  /** Compiled code without state. */
  class Module {
    constructor(bytes: Bytes);
    static exports(module: Module): ModuleExportDescriptor[];
    static imports(module: Module): ModuleImportDescriptor[];
    static customSections(module: Module, name: string): ArrayBuffer[];
  }

  /** A module with its state and imports. */
  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Exports;
  }

  /** Sizes in pages of 64 KiB. */
  interface MemoryDescriptor {
    initial: number;
    maximum?: number;
    shared?: boolean;
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor);
    readonly buffer: ArrayBuffer;
    /** @returns the size before, in pages */
    grow(pages: number): number;
  }

  interface TableDescriptor {
    element: TableKind;
    initial: number;
    maximum?: number;
  }
  class Table {
    constructor(descriptor: TableDescriptor, value?: any);
    readonly length: number;
    get(index: number): any;
    set(index: number, value?: any): void;
    grow(by: number, value?: any): number;
  }

  interface GlobalDescriptor<T extends ValueType = ValueType> {
    value: T;
    mutable?: boolean;
  }
  class Global<T extends ValueType = ValueType> {
    constructor(descriptor: GlobalDescriptor<T>, value?: any);
    value: any;
    valueOf(): any;
  }

  class Tag {
    constructor(type: { parameters: ValueType[] });
  }
  /** The tag of exceptions that JavaScript threw. Since Node 22. */
  const JSTag: Tag;
  class Exception {
    constructor(tag: Tag, payload: any[], options?: { traceStack?: boolean });
    is(tag: Tag): boolean;
    getArg(tag: Tag, index: number): any;
    readonly stack: string | undefined;
  }

  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}
  /** Since Node 24. */
  class SuspendError extends Error {}
  /** An import that may wait for a promise. Since Node 24. */
  class Suspending {
    constructor(callback: (...args: any[]) => unknown);
  }
  /** An export that returns a promise. Since Node 24. */
  function promising(callback: Function): (...args: any[]) => Promise<any>;

  interface WebAssemblyInstantiatedSource {
    module: Module;
    instance: Instance;
  }
  function validate(bytes: Bytes): boolean;
  function compile(bytes: Bytes): Promise<Module>;
  function compileStreaming(source: Response | PromiseLike<Response>): Promise<Module>;
  function instantiate(bytes: Bytes, imports?: Imports): Promise<WebAssemblyInstantiatedSource>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function instantiateStreaming(
    source: Response | PromiseLike<Response>,
    imports?: Imports,
  ): Promise<WebAssemblyInstantiatedSource>;
}
