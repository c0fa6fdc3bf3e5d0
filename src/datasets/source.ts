/** Where a dataset comes from. */
export type DatasetSource =
  | { readonly kind: "file"; readonly name: string; readonly data: Blob }
  | { readonly kind: "text"; readonly text: string }
  /** A file, or a dataset's page on huggingface.co. */
  | { readonly kind: "url"; readonly url: string };
