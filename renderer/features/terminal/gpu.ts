/**
 * Whether WebGL runs on a real graphics chip. Software GL draws a terminal five times slower than plain HTML does.
 */
export function hasRealGpu(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (gl === null) return false;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name: unknown = gl.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
  // Free the context: a page has only about 16 of them.
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return typeof name === 'string' && !/swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}
