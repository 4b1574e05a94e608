/** What a profile's form sends about its picture: another one, none any more, or nothing. */
export const pictureChange = (chosen: readonly string[], isRemoved: boolean): { picture_media_id?: string | null } =>
  chosen[0] ? { picture_media_id: chosen[0] } : isRemoved ? { picture_media_id: null } : {}
