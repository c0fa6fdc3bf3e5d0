/**
 * jax-js instantiates a kernel's module anew every time it runs one on the calling thread, which takes longer than most
 * kernels of a model this small; its own pool of workers keeps instances (backend/wasm/parallel.ts). Until the library does so
 * here as well, instances of the same module over the same memory are kept: its kernels have no state but that memory.
 */
export function keepKernelInstances(): void {
  if (keeping) return;
  keeping = true;
  const Original = WebAssembly.Instance;
  const kept = new WeakMap<WebAssembly.Module, { memory: unknown; instance: WebAssembly.Instance }>();
  WebAssembly.Instance = new Proxy(Original, {
    construct(target, [module, imports]: [WebAssembly.Module, WebAssembly.Imports | undefined]) {
      const memory = soleMemory(imports);
      const found = kept.get(module);
      if (memory && found?.memory === memory) return found.instance;
      const instance = new target(module, imports);
      if (memory) kept.set(module, { memory, instance });
      return instance;
    },
  });
}

let keeping = false;

/** The memory of imports that consist of `env.memory` and nothing else, as kernels' do. */
function soleMemory(imports: WebAssembly.Imports | undefined): unknown {
  const [entry, ...others] = Object.entries(imports ?? {});
  if (entry?.[0] !== "env" || others.length > 0) return null;
  const names = Object.keys(entry[1]);
  return names.length === 1 ? entry[1].memory : null;
}
