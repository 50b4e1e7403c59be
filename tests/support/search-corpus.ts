import type { DebateType, SourceDebate } from '../../src/sources/index.ts';
import { sampleDebate } from './sample-debate.ts';

/** Invented sittings, as the portal words them. */
export interface CorpusDebate {
  id: string;
  day: string;
  type: DebateType;
  title: string;
  description?: string;
  commission?: string;
  tags?: string[];
  /** With their numbers. */
  speakers?: [string, string][];
}

const FINANCES = 'Commission des finances, de l’économie générale et du contrôle budgétaire';
const CULTURE = 'Commission des affaires culturelles et de l’éducation';
const DURABLE = 'Commission du développement durable et de l’aménagement du territoire';
const LOIS = 'Commission des lois constitutionnelles';
const SOCIALES = 'Commission des affaires sociales';
const VAUTRAIN: [string, string] = ['PA9900001', 'Mme Hélène Vautrain'];
const CORVOISIER: [string, string] = ['PA9900002', 'M. Bastien Corvoisier'];
const KERLEVEO: [string, string] = ['PA9900003', 'M. Yann Kerlévéo'];
const OEUVRARD: [string, string] = ['PA9900004', 'Mme Maëlle Œuvrard'];
const GUEST: [string, string] = ['', 'M. Théodule Montaudouin'];

export const SEARCH_CORPUS: readonly CorpusDebate[] = [
  {
    id: 'rivieres',
    day: '2026-10-06',
    type: 'seance_publique',
    title: '1ère séance : Protection des sources et des petites rivières',
    description: 'Discussion de la proposition de loi visant à protéger les sources et les petites rivières',
    tags: ['Environnement'],
    speakers: [VAUTRAIN, CORVOISIER],
  },
  {
    id: 'eau',
    day: '2026-09-22',
    type: 'commission',
    title: 'Table ronde sur la gestion de l’eau potable',
    description: 'Eau/assainissement : les régies communales face à la sécheresse',
    commission: DURABLE,
    tags: ['Environnement'],
    speakers: [KERLEVEO],
  },
  {
    id: 'secheresse',
    day: '2025-07-02',
    type: 'audition',
    title: 'Audition de M. Théodule Montaudouin, hydrologue',
    description: 'La sécheresse de l’été et le débit des rivières',
    commission: DURABLE,
    speakers: [GUEST],
  },
  {
    id: 'plf',
    day: '2026-10-13',
    type: 'seance_publique',
    title: '2ème séance : Projet de loi de finances pour 2027 (première partie)',
    description: 'Suite de la discussion des articles',
    tags: ['Finances publiques'],
    speakers: [CORVOISIER],
  },
  {
    id: 'plf-rapport',
    day: '2026-10-08',
    type: 'commission',
    title: 'Projet de loi de finances pour 2027 : examen de la première partie',
    commission: FINANCES,
    tags: ['Finances publiques'],
  },
  {
    id: 'plfss',
    day: '2026-10-20',
    type: 'seance_publique',
    title: 'Projet de loi de financement de la sécurité sociale pour 2027',
    description: 'PLFSS 2027 : discussion générale',
    tags: ['Santé'],
  },
  {
    id: 'hopital',
    day: '2026-06-11',
    type: 'audition',
    title: 'Audition de la Fédération des hôpitaux ruraux',
    description: 'Fermeture des maternités et accès aux soins',
    commission: SOCIALES,
    tags: ['Santé'],
    speakers: [OEUVRARD],
  },
  {
    id: 'aides',
    day: '2026-03-04',
    type: 'commission',
    title: 'Aide au maintien à domicile des personnes âgées',
    commission: SOCIALES,
  },
  {
    id: 'retraites',
    day: '2023-02-06',
    type: 'seance_publique',
    title: 'Réforme des retraites',
    description: 'Recul de l’âge légal de départ',
    tags: ['Travail'],
  },
  {
    id: 'retraites-bilan',
    day: '2026-05-19',
    type: 'commission',
    title: 'Bilan de la réforme des retraites trois ans après',
    commission: SOCIALES,
    tags: ['Travail'],
  },
  {
    id: 'ecole',
    day: '2026-09-30',
    type: 'audition',
    title: 'Audition sur l’école rurale',
    description: 'Fermetures de classes et transports scolaires',
    commission: CULTURE,
    tags: ['Éducation'],
    speakers: [OEUVRARD],
  },
  {
    id: 'universites',
    day: '2026-04-15',
    type: 'commission',
    title: 'Le financement des universités',
    commission: CULTURE,
    tags: ['Éducation', 'Recherche'],
  },
  {
    id: 'harcelement',
    day: '2025-11-05',
    type: 'commission',
    title: 'Lutte contre le harcèlement scolaire',
    commission: CULTURE,
    tags: ['Éducation'],
  },
  {
    id: 'qag-octobre',
    day: '2026-10-14',
    type: 'question_gouvernement',
    title: 'Questions au Gouvernement',
    description: 'Prix de l’énergie ; école rurale ; pêche',
    speakers: [VAUTRAIN, KERLEVEO],
  },
  {
    id: 'qag-mai',
    day: '2026-05-13',
    type: 'question_gouvernement',
    title: 'Questions au Gouvernement',
    description: 'Budget de la justice ; loup et pastoralisme',
  },
  {
    id: 'nucleaire',
    day: '2026-02-03',
    type: 'commission',
    title: 'Commission d’enquête sur la souveraineté énergétique',
    description: 'Les retards du parc nucléaire',
    tags: ['Énergie'],
  },
  {
    id: 'eolien',
    day: '2025-12-16',
    type: 'seance_publique',
    title: 'Accélération de l’éolien en mer',
    description: 'Explications de vote',
    tags: ['Énergie'],
    speakers: [KERLEVEO],
  },
  {
    id: 'peche',
    day: '2026-01-20',
    type: 'audition',
    title: 'Audition des pêcheurs côtiers',
    description: 'Quotas, gazole et éoliennes',
    commission: DURABLE,
  },
  {
    id: 'pesticides',
    day: '2026-07-01',
    type: 'seance_publique',
    title: 'Interdiction des pesticides près des habitations',
    description: 'Néonicotinoïdes et santé des riverains',
    tags: ['Agriculture', 'Santé'],
  },
  {
    id: 'agriculteurs',
    day: '2024-03-12',
    type: 'seance_publique',
    title: 'Revenu des agriculteurs',
    description: 'Loi d’orientation agricole',
    tags: ['Agriculture'],
  },
  {
    id: 'loup',
    day: '2025-05-27',
    type: 'commission',
    title: 'Pastoralisme et prédation',
    description: 'Le loup dans les Alpes',
    commission: DURABLE,
    tags: ['Agriculture'],
  },
  {
    id: 'justice',
    day: '2026-11-03',
    type: 'seance_publique',
    title: 'Budget de la justice',
    description: 'Magistrats, greffiers et prisons',
    tags: ['Justice'],
  },
  {
    id: 'prisons',
    day: '2025-09-17',
    type: 'commission',
    title: 'Surpopulation dans les prisons',
    description: 'Visite d’une maison d’arrêt',
    commission: LOIS,
    tags: ['Justice'],
  },
  {
    id: 'article49',
    day: '2023-03-16',
    type: 'seance_publique',
    title: 'Engagement de la responsabilité du Gouvernement',
    description: 'Article 49.3 de la Constitution : motions de censure',
  },
  {
    id: 'censure',
    day: '2026-10-27',
    type: 'seance_publique',
    title: 'Motions de censure',
    description: 'Discussion et vote',
  },
  {
    id: 'numerique',
    day: '2026-03-25',
    type: 'commission',
    title: 'Intelligence artificielle et droit d’auteur',
    description: 'Les œuvres d’art à l’épreuve des machines',
    commission: LOIS,
    tags: ['Numérique'],
    speakers: [OEUVRARD],
  },
  {
    id: 'reseaux',
    day: '2025-06-10',
    type: 'seance_publique',
    title: 'Protection des mineurs sur les réseaux sociaux',
    tags: ['Numérique', 'Éducation'],
  },
  {
    id: 'logement',
    day: '2026-01-14',
    type: 'seance_publique',
    title: 'Crise du logement : encadrement des loyers',
    description: 'Passoires thermiques et rénovation énergétique',
    tags: ['Logement'],
  },
  {
    id: 'trains',
    day: '2026-06-24',
    type: 'commission',
    title: 'Les petites lignes ferroviaires',
    description: 'Trains de nuit, petites gares et desserte rurale',
    commission: DURABLE,
    tags: ['Transports'],
    speakers: [VAUTRAIN],
  },
  {
    id: 'outremer',
    day: '2026-05-05',
    type: 'seance_publique',
    title: 'Vie chère dans les outre-mer',
    description: 'Octroi de mer et prix des denrées',
    tags: ['Outre-mer'],
  },
  {
    id: 'ukraine',
    day: '2024-03-13',
    type: 'seance_publique',
    title: 'Débat sur le soutien à l’Ukraine',
    description: 'Déclaration du Gouvernement suivie d’un débat',
    tags: ['Défense'],
  },
  {
    id: 'armees',
    day: '2026-04-28',
    type: 'audition',
    title: 'Audition du chef d’état-major des armées',
    description: 'Programmation militaire 2026-2030',
    commission: 'Commission de la défense nationale et des forces armées',
    tags: ['Défense'],
  },
  {
    id: 'fin-de-vie',
    day: '2025-05-20',
    type: 'seance_publique',
    title: 'Accompagnement et fin de vie',
    description: 'Soins palliatifs et aide à mourir',
    tags: ['Santé'],
  },
];

export function corpusDebate({ id, day, speakers = [], commission, ...rest }: CorpusDebate): SourceDebate {
  return sampleDebate(id, {
    tags: [],
    description: '',
    ...rest,
    commission: commission ?? null,
    startsAt: `${day}T15:00:00+02:00`,
    speakers: speakers.map(([personId, name], place) => ({
      id: `s${place}`,
      name,
      personId: personId === '' ? null : personId,
      role: null,
    })),
  });
}
