/** What this browser lacks, in one quiet sentence that says how to mend it; null when it has everything. */
export function environmentNote(environment: { readonly isolated: boolean; readonly webgpu: boolean }): string | null {
  const { isolated, webgpu } = environment;
  if (!isolated) {
    const also = webgpu ? "" : " and without WebGPU";
    return `The model runs on one thread${also}, more slowly: the server does not isolate this page. npm start serves it with the headers it needs.`;
  }
  if (!webgpu) {
    return "No WebGPU here: the model runs on the processor. Chrome has WebGPU where graphics acceleration is on.";
  }
  return null;
}
