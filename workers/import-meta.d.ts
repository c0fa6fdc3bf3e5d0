/** What the build puts in (vite.config.ts). */
interface ImportMetaEnv {
  /** What decides how fast the app's own code is: its version, and that of its kernels. */
  readonly APP_VERSION: string;
}
