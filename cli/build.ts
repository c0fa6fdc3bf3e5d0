import { buildApp } from "./dist";

await buildApp();
