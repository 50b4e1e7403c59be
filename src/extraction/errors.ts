import { defineErrors } from '../platform/errors/index.ts';

/**
 * Two kinds in one catalogue: what a client meets on asking (`queue-full`, `disk-low`, `no-run`…), and how a run may end,
 * which clients read in its status. For the second kind `retryable` says whether the same source may work a little later.
 */
export const extractionErrors = defineErrors('extraction', {
  'no-run': {
    status: 404,
    retryable: false,
    title: { fr: 'Aucune extraction', en: 'No extraction' },
    detail: {
      fr: 'L’extraction du son de ce débat n’a jamais été demandée.',
      en: 'The sound of this debate was never asked for.',
    },
  },
  'not-active': {
    status: 409,
    retryable: false,
    title: { fr: 'Extraction déjà terminée', en: 'Extraction already over' },
    detail: {
      fr: 'Il n’y a plus rien à annuler : l’extraction est {status}.',
      en: 'There is nothing left to cancel: the extraction is {status}.',
    },
  },
  'queue-full': {
    status: 503,
    retryable: true,
    title: { fr: 'File d’attente pleine', en: 'Queue full' },
    detail: {
      fr: '{limit} extractions attendent déjà. Réessayez un peu plus tard.',
      en: '{limit} extractions are already waiting. Try again a little later.',
    },
  },
  'disk-low': {
    status: 507,
    retryable: true,
    title: { fr: 'Espace disque insuffisant', en: 'Not enough disk space' },
    detail: {
      fr: 'Il ne reste pas assez de place pour garder un nouveau fichier.',
      en: 'There is not enough room left to keep another file.',
    },
  },
  'disk-full': {
    status: 507,
    retryable: true,
    title: { fr: 'Disque plein', en: 'Disk full' },
    detail: {
      fr: 'Le disque s’est rempli pendant l’extraction.',
      en: 'The disk filled up during the extraction.',
    },
  },
  'no-source': {
    status: 409,
    retryable: true,
    title: { fr: 'Aucun son publié', en: 'No sound published' },
    detail: {
      fr: 'La source ne publie pas (ou pas encore) de son pour ce débat.',
      en: 'The source publishes no sound for this debate, or not yet.',
    },
  },
  'source-unreachable': {
    status: 502,
    retryable: true,
    title: { fr: 'Source injoignable', en: 'Source out of reach' },
    detail: { fr: 'Le serveur de la source ne répond pas.', en: 'The server of the source does not answer.' },
  },
  'source-timeout': {
    status: 504,
    retryable: true,
    title: { fr: 'Source trop lente à répondre', en: 'Source too late' },
    detail: {
      fr: 'Le serveur de la source n’a pas répondu à temps.',
      en: 'The server of the source did not answer in time.',
    },
  },
  'source-too-slow': {
    status: 504,
    retryable: true,
    title: { fr: 'Source trop lente', en: 'Source too slow' },
    detail: {
      fr: 'La source envoie moins de {minimum} octets par seconde.',
      en: 'The source sends less than {minimum} bytes a second.',
    },
  },
  'source-busy': {
    status: 503,
    retryable: true,
    title: { fr: 'Source saturée', en: 'Source busy' },
    detail: {
      fr: 'La source demande d’attendre avant de continuer.',
      en: 'The source asks us to wait before going on.',
    },
  },
  'source-failing': {
    status: 502,
    retryable: true,
    title: { fr: 'Panne de la source', en: 'Source failing' },
    detail: {
      fr: 'Le serveur de la source répond par une erreur ({status}).',
      en: 'The server of the source answers with an error ({status}).',
    },
  },
  'source-cut': {
    status: 502,
    retryable: true,
    title: { fr: 'Transfert interrompu', en: 'Transfer cut' },
    detail: {
      fr: 'La source a coupé le transfert avant la fin, plusieurs fois de suite.',
      en: 'The source cut the transfer before its end, several times in a row.',
    },
  },
  'source-changing': {
    status: 502,
    retryable: true,
    title: { fr: 'Fichier en cours de modification', en: 'File being changed' },
    detail: {
      fr: 'Le fichier change à la source pendant sa lecture.',
      en: 'The file changes at the source while it is being read.',
    },
  },
  'source-refused': {
    status: 502,
    retryable: false,
    title: { fr: 'Accès refusé par la source', en: 'Refused by the source' },
    detail: {
      fr: 'La source refuse l’accès au fichier ({status}).',
      en: 'The source refuses access to the file ({status}).',
    },
  },
  'source-missing': {
    status: 502,
    retryable: false,
    title: { fr: 'Fichier absent de la source', en: 'File missing at the source' },
    detail: {
      fr: 'La source annonce un fichier qu’elle n’a pas (404).',
      en: 'The source announces a file that it does not have (404).',
    },
  },
  'source-gone': {
    status: 502,
    retryable: false,
    title: { fr: 'Fichier retiré par la source', en: 'File withdrawn by the source' },
    detail: { fr: 'La source a retiré le fichier (410).', en: 'The source has withdrawn the file (410).' },
  },
  'source-misbehaves': {
    status: 502,
    retryable: false,
    title: { fr: 'Réponse incohérente de la source', en: 'Inconsistent answer of the source' },
    detail: {
      fr: 'La source a répondu autre chose que ce qui lui était demandé ({what}).',
      en: 'The source answered something other than what was asked ({what}).',
    },
  },
  'not-audio': {
    status: 502,
    retryable: false,
    title: { fr: 'Pas un fichier de son', en: 'Not a sound file' },
    detail: {
      fr: 'La source a envoyé {found} à la place du son.',
      en: 'The source sent {found} in place of the sound.',
    },
  },
  'too-large': {
    status: 502,
    retryable: false,
    title: { fr: 'Fichier trop grand', en: 'File too large' },
    detail: {
      fr: 'Le fichier de la source dépasse {limit} octets.',
      en: 'The file of the source is larger than {limit} bytes.',
    },
  },
  'wrong-duration': {
    status: 502,
    retryable: false,
    title: { fr: 'Durée inattendue', en: 'Unexpected duration' },
    detail: {
      fr: 'Le son copié dure {seconds} s au lieu de {expected} s.',
      en: 'The copied sound lasts {seconds} s instead of {expected} s.',
    },
  },
  'broken-playlist': {
    status: 502,
    retryable: false,
    title: { fr: 'Liste de lecture inutilisable', en: 'Unusable playlist' },
    detail: {
      fr: 'La liste de lecture de la source est inutilisable ({what}).',
      en: 'The playlist of the source cannot be used ({what}).',
    },
  },
  'still-live': {
    status: 409,
    retryable: false,
    title: { fr: 'Encore en direct', en: 'Still live' },
    detail: {
      fr: 'La diffusion n’est pas terminée : le son complet n’existe pas encore.',
      en: 'The broadcast is not over: the whole sound does not exist yet.',
    },
  },
  'address-refused': {
    status: 502,
    retryable: false,
    title: { fr: 'Adresse refusée', en: 'Address refused' },
    detail: {
      fr: 'La source est, ou renvoie, à une adresse qui n’est pas permise ici.',
      en: 'The source is at, or points to, an address that is not allowed here.',
    },
  },
  'foreign-address': {
    status: 502,
    retryable: false,
    title: { fr: 'Adresse étrangère à la source', en: 'Address foreign to the source' },
    detail: {
      fr: 'La source renvoie vers un autre serveur ({host}) : l’adresse n’est pas suivie.',
      en: 'The source points to another server ({host}): the address is not followed.',
    },
  },
  'segment-missing': {
    status: 502,
    retryable: true,
    title: { fr: 'Morceau manquant', en: 'Missing segment' },
    detail: {
      fr: 'La source n’a pas le morceau {segment} de la diffusion.',
      en: 'The source does not have segment {segment} of the broadcast.',
    },
  },
  'no-sound': {
    status: 502,
    retryable: false,
    title: { fr: 'Vidéo sans son', en: 'Video without sound' },
    detail: { fr: 'La vidéo de la source n’a pas de son.', en: 'The video of the source has no sound.' },
  },
  'ffmpeg-missing': {
    status: 501,
    retryable: false,
    title: { fr: 'ffmpeg absent', en: 'ffmpeg is missing' },
    detail: {
      fr: 'Cette source demande ffmpeg, qui n’est pas installé (voir FFMPEG_PATH).',
      en: 'This source needs ffmpeg, which is not installed (see FFMPEG_PATH).',
    },
  },
  'ffmpeg-failed': {
    status: 502,
    retryable: false,
    title: { fr: 'Échec de la copie du son', en: 'Copying the sound failed' },
    detail: {
      fr: 'ffmpeg n’a pas pu copier le son de la source.',
      en: 'ffmpeg could not copy the sound of the source.',
    },
  },
  'yt-dlp-missing': {
    status: 501,
    retryable: false,
    title: { fr: 'yt-dlp absent', en: 'yt-dlp is missing' },
    detail: {
      fr: 'Cette source demande yt-dlp, qui n’est pas installé (voir YTDLP_PATH).',
      en: 'This source needs yt-dlp, which is not installed (see YTDLP_PATH).',
    },
  },
  'yt-dlp-failed': {
    status: 502,
    retryable: true,
    title: { fr: 'Échec de yt-dlp', en: 'yt-dlp failed' },
    detail: { fr: 'yt-dlp n’a pas pu lire la page.', en: 'yt-dlp could not read the page.' },
  },
  'page-unsupported': {
    status: 502,
    retryable: false,
    title: { fr: 'Page illisible', en: 'Unreadable page' },
    detail: {
      fr: 'Aucun son n’a été trouvé dans la page de la source.',
      en: 'No sound was found in the page of the source.',
    },
  },
  'worker-lost': {
    status: 503,
    retryable: true,
    title: { fr: 'Extraction abandonnée', en: 'Extraction given up' },
    detail: {
      fr: 'Le processus chargé de l’extraction s’est arrêté plusieurs fois de suite.',
      en: 'The process in charge of the extraction stopped several times in a row.',
    },
  },
  internal: {
    status: 500,
    retryable: false,
    title: { fr: 'Défaut interne', en: 'Internal defect' },
    detail: {
      fr: 'L’extraction s’est arrêtée sur un défaut du programme, consigné dans le journal.',
      en: 'The extraction stopped on a defect of the program, which was logged.',
    },
  },
});
