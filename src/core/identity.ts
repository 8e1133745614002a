const numbers = new WeakMap<object, number>()
let last = 0

/** A number for an object, another one for each: for versions of what is made anew when it changes. */
export function identityOf(object: object): number {
  let number = numbers.get(object)
  if (number === undefined) {
    last += 1
    number = last
    numbers.set(object, number)
  }
  return number
}
