/** `a, a, A` become `a, a_1, A_2`, as some engines do not tell upper from lower case. */
export function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return names.map(name => {
    let unique = name
    for (let number = 1; taken.has(unique.toLowerCase()); number += 1) unique = `${name}_${number}`
    taken.add(unique.toLowerCase())
    return unique
  })
}
