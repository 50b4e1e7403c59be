import { Type } from 'typebox';

export const ExportQuery = Type.Object(
  {
    updated_since: Type.Optional(
      Type.String({ format: 'date-time', description: 'Only what has changed since, included' }),
    ),
  },
  { additionalProperties: false },
);

/** The first line of every export: what it is, whose it is, and under which terms it may be used. */
export function exportHeader(
  kind: string,
  generatedAt: Date,
  updatedSince: Date | undefined,
  publicUrl: string,
): object {
  return {
    type: 'header',
    kind,
    generated_at: generatedAt.toISOString(),
    updated_since: updatedSince?.toISOString() ?? null,
    source: publicUrl,
    attribution: 'Assemblée nationale',
    attribution_url: 'https://www.assemblee-nationale.fr',
    licence:
      'Licence Ouverte / Open Licence (Etalab) pour les données ouvertes ; vidéos et comptes rendus : reproduction libre, sans usage commercial, avec mention de la source et document intact',
    licence_url: 'https://www.etalab.gouv.fr/licence-ouverte-open-licence/',
  };
}
