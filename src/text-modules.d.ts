/** Make fragments are bundled as text. */
declare module '*.mk' {
  const text: string
  export default text
}
