import type { components } from '@gigsta/client'

/** The API's objects by their names in the OpenAPI document. */
export type Schemas = components['schemas']
