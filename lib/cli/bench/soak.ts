import type { BenchCase } from "./report.js";
export const soakCase: BenchCase = async () => 1;
