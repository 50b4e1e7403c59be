/**
 * What is said in the demonstration's recordings. Every name, text and event is invented; the manner of speaking is that
 * of the Assembly. Times are not written here: they are measured on the speech itself.
 */
export interface Play {
  /** Name of the files in `src/demo/recordings/`. */
  name: string;
  /** Empty room before the first word. The Assembly's recordings have about 15 minutes of it; six seconds stand for them. */
  prerollSeconds: number;
  lines: readonly Line[];
}

export interface Line {
  /** Chapter that begins with the first line bearing it. */
  mark: string;
  voice: keyof typeof VOICES;
  text: string;
}

/** espeak-ng voices (`-v`), speed in words a minute (`-s`) and pitch (`-p`, 0 to 99), so that listeners tell people apart. */
export const VOICES = {
  chairman: { name: 'fr+m3', speed: 165, pitch: 38 },
  chairwoman: { name: 'fr+f2', speed: 165, pitch: 48 },
  vautrain: { name: 'fr+f4', speed: 175, pitch: 58 },
  corvoisier: { name: 'fr-be+m1', speed: 175, pitch: 45 },
  kerleveo: { name: 'fr-ch+f3', speed: 180, pitch: 62 },
  belmadani: { name: 'fr+m7', speed: 180, pitch: 52 },
  montaudouin: { name: 'fr+f1', speed: 165, pitch: 55 },
} as const;

export const PLAYS: readonly Play[] = [
  {
    name: 'seance-apres-midi',
    prerollSeconds: 6,
    lines: [
      { mark: 'ouverture', voice: 'chairman', text: 'La séance est ouverte.' },
      {
        mark: 'texte',
        voice: 'chairman',
        text: 'L’ordre du jour appelle la discussion de la proposition de loi visant à protéger les sources et les petites rivières.',
      },
      { mark: 'rapporteure', voice: 'chairman', text: 'La parole est à madame Hélène Vautrain, rapporteure.' },
      {
        mark: 'rapporteure',
        voice: 'vautrain',
        text: 'Mes chers collègues, une source qui tarit ne fait pas de bruit. Voilà pourquoi nous devons parler pour elle.',
      },
      {
        mark: 'article-1',
        voice: 'chairman',
        text: 'Nous en venons à l’article premier. La parole est à monsieur Bastien Corvoisier.',
      },
      {
        mark: 'corvoisier',
        voice: 'corvoisier',
        text: 'Cet article crée un inventaire communal des fontaines. Nous le voterons, à condition que les communes reçoivent les moyens nécessaires.',
      },
      { mark: 'vote', voice: 'chairman', text: 'Je mets aux voix l’article premier. Il est adopté.' },
    ],
  },
  {
    name: 'questions-au-gouvernement',
    prerollSeconds: 0,
    lines: [
      {
        mark: 'question-1',
        voice: 'kerleveo',
        text: 'Monsieur le ministre, dans ma circonscription, le dernier train du soir part à dix-huit heures. Que répondez-vous aux voyageurs qui restent à quai ?',
      },
      {
        mark: 'reponse-1',
        voice: 'corvoisier',
        text: 'Madame la députée, un second train circulera dès le mois de janvier. La convention avec la région sera signée vendredi.',
      },
      {
        mark: 'question-2',
        voice: 'belmadani',
        text: 'Ma question porte sur les internats ruraux. Combien rouvriront à la prochaine rentrée ?',
      },
      {
        mark: 'reponse-2',
        voice: 'vautrain',
        text: 'Monsieur le député, quarante-deux internats rouvriront en septembre.',
      },
    ],
  },
  {
    name: 'audition-bibliotheques',
    prerollSeconds: 3,
    lines: [
      {
        mark: 'accueil',
        voice: 'chairwoman',
        text: 'Nous accueillons madame Clarisse Montaudouin, présidente de l’Observatoire des bibliothèques rurales.',
      },
      {
        mark: 'expose',
        voice: 'montaudouin',
        text: 'Madame la présidente, une commune sur trois n’a plus de lieu de lecture. Les bibliobus, eux, n’ont jamais prêté autant de livres.',
      },
      { mark: 'questions', voice: 'belmadani', text: 'Combien coûte un bibliobus, et qui le conduit ?' },
      {
        mark: 'reponse',
        voice: 'montaudouin',
        text: 'Cent vingt mille euros, monsieur le député. Et ce sont le plus souvent des bénévoles qui le conduisent.',
      },
    ],
  },
  {
    name: 'commission-littoral',
    prerollSeconds: 2,
    lines: [
      {
        mark: 'ouverture',
        voice: 'chairwoman',
        text: 'Nous poursuivons l’examen du rapport sur l’érosion du littoral.',
      },
      {
        mark: 'rapporteur',
        voice: 'belmadani',
        text: 'La dune recule d’un mètre par an. Le rapport propose de déplacer la route plutôt que la mer.',
      },
      {
        mark: 'discussion',
        voice: 'corvoisier',
        text: 'Qui paiera cette route ? Les communes du littoral ne peuvent pas, chaque hiver, refaire ce que la tempête défait.',
      },
      { mark: 'conclusion', voice: 'chairwoman', text: 'La commission autorise la publication du rapport.' },
    ],
  },
  {
    name: 'commission-finances',
    prerollSeconds: 3,
    lines: [
      { mark: 'ouverture', voice: 'chairman', text: 'La commission examine le budget de la recherche polaire.' },
      {
        mark: 'rapporteure',
        voice: 'kerleveo',
        text: 'Le navire ravitailleur a trente ans. Le remplacer coûte cher, le réparer coûtera bientôt davantage.',
      },
      { mark: 'discussion', voice: 'vautrain', text: 'Quel calendrier le gouvernement envisage-t-il ?' },
      {
        mark: 'discussion',
        voice: 'kerleveo',
        text: 'Une commande l’an prochain, une livraison quatre ans plus tard.',
      },
      { mark: 'vote', voice: 'chairman', text: 'Je mets aux voix les crédits de la mission. Ils sont adoptés.' },
    ],
  },
  {
    name: 'seance-soir',
    prerollSeconds: 6,
    lines: [
      { mark: 'ouverture', voice: 'chairwoman', text: 'La séance est reprise.' },
      {
        mark: 'texte',
        voice: 'chairwoman',
        text: 'Nous poursuivons la discussion du projet de loi relatif à la transmission des savoir-faire artisanaux.',
      },
      {
        mark: 'rappel',
        voice: 'chairwoman',
        text: 'La parole est à monsieur Idriss Belmadani, pour un rappel au règlement.',
      },
      {
        mark: 'rappel',
        voice: 'belmadani',
        text: 'Sur le fondement de l’article cent, nous n’avons reçu les amendements du gouvernement qu’il y a dix minutes.',
      },
      {
        mark: 'article-4',
        voice: 'chairwoman',
        text: 'Je vous en donne acte. Article quatre, la parole est à madame Aude Kerlévéo.',
      },
      {
        mark: 'kerleveo',
        voice: 'kerleveo',
        text: 'Un luthier n’apprend pas son métier dans une circulaire. Laissons les apprentis entrer dans l’atelier.',
      },
      {
        mark: 'fin',
        voice: 'chairwoman',
        text: 'La suite de la discussion est renvoyée à la prochaine séance. La séance est levée.',
      },
    ],
  },
];
