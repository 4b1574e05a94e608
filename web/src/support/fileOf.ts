/** The file of a photo that has a name, or its smallest where there is none; files come largest first. */
export const fileOf = <T extends { name: string }>(photo: { files: readonly T[] } | undefined, name: string): T | undefined =>
  photo?.files.find((file) => file.name === name) ?? photo?.files.at(-1)
