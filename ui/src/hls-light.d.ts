/** hls.js without subtitles, DRM and other languages; it brings no types of its own. */
declare module "hls.js/light" {
  export * from "hls.js";
  export { default } from "hls.js";
}
