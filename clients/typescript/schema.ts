// Generated from contracts/openapi.json by `npm run documents`.

export interface paths {
    "/calendar.ics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Calendrier / Calendar
         * @description Les séances passées depuis peu et à venir (RFC 5545), d’une commission si l’on veut. / Sittings of late and to come (RFC 5545), of one commission if asked.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Part of the name */
                    commission?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description RFC 5545 */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example BEGIN:VCALENDAR
                         *     VERSION:2.0
                         *     BEGIN:VEVENT
                         *     UID:19502241_6ac548b948b27@robianapi
                         *     DTSTART:20261006T191505Z
                         *     SUMMARY:2ème séance : Protection des sources et des petites rivières
                         *     END:VEVENT
                         *     END:VCALENDAR
                         */
                        "text/calendar": string;
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/export/debates.ndjson": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tous les débats / All debates
         * @description Un débat par ligne, dans l’ordre de leur dernier changement ; la première ligne dit la licence et la source. / One debate a line, in the order of their last change; the first line tells the licence and the source.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only what has changed since, included */
                    updated_since?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A debate a line */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {"type":"header","kind":"debates","licence":"Licence Ouverte / Open Licence (Etalab)…",…}
                         *     {"id":"19502241_6ac548b948b27","title":"2ème séance : Protection des sources et des petites rivières",…}
                         */
                        "application/x-ndjson": string;
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debates/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Chercher un débat, par adresse / Search debates, by address
         * @description La même recherche, que l’on peut lier et garder. / The same search, to link to and to keep.
         */
        get: {
            parameters: {
                query?: {
                    per_page?: number;
                    /** @description From the Link header; replaces page */
                    cursor?: string;
                    type?: ("seance_publique" | "commission" | "audition" | "question_gouvernement" | "autre")[];
                    status?: ("programme" | "en_cours" | "termine" | "disponible" | "extraction" | "erreur")[];
                    /** @description Part of the name */
                    commission?: string;
                    /** @description PA… id, or part of a name */
                    speaker?: string;
                    tag?: string[];
                    legislature?: number;
                    /** @description Paris day, included */
                    date_start?: string;
                    /** @description Paris day, included */
                    date_end?: string;
                    has_audio?: boolean;
                    has_transcript?: boolean;
                    updated_since?: string;
                    sort_order?: "asc" | "desc";
                    /** @description Words in any form, "exact phrases", -exclusions, beginnings*; accents and case ignored */
                    q?: string;
                    /** @description From 1 */
                    page?: number;
                    /** @description By default relevance where words are asked for, else date; relevance descends */
                    sort_by?: "relevance" | "date" | "title" | "created_at" | "updated_at" | "view_count" | "duration_seconds";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "debates": [
                         *         {
                         *           "id": "19502241_6ac548b948b27",
                         *           "title": "2ème séance : Protection des sources et des petites rivières",
                         *           "description": "Discussion de la proposition de loi visant à protéger les sources et les petites rivières",
                         *           "type": "seance_publique",
                         *           "status": "disponible",
                         *           "date": "2026-10-06",
                         *           "start_time": "2026-10-06T21:15:05+02:00",
                         *           "end_time": "2026-10-07T00:03:05+02:00",
                         *           "duration_seconds": 10080,
                         *           "duration_minutes": 168,
                         *           "display_duration": "2 h 48",
                         *           "source": "portal",
                         *           "source_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *           "video_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *           "thumbnail_url": null,
                         *           "live_url": null,
                         *           "commission": null,
                         *           "salle": "Hémicycle",
                         *           "legislature": 17,
                         *           "session": "Session ordinaire 2026-2027",
                         *           "meeting_id": "RUANR5L17S2027IDS90001",
                         *           "report_url": null,
                         *           "speakers": [
                         *             {
                         *               "id": "PA9900001",
                         *               "name": "Mme Hélène Vautrain",
                         *               "role": "rapporteure"
                         *             }
                         *           ],
                         *           "tags": [
                         *             "Environnement"
                         *           ],
                         *           "is_live": false,
                         *           "has_audio": true,
                         *           "has_transcript": false,
                         *           "sitting_starts_at_ms": 894000,
                         *           "sitting_start_origin": "record",
                         *           "is_certain": true,
                         *           "audio_files": [
                         *             {
                         *               "format": "mp3",
                         *               "mime_type": "audio/mpeg",
                         *               "size_bytes": 161280000,
                         *               "duration_seconds": 10080,
                         *               "bitrate_kbps": 128,
                         *               "sample_rate_hz": 44100,
                         *               "channels": 2,
                         *               "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                         *               "origin": "published",
                         *               "url": "https://robian.example/api/streaming/19502241_6ac548b948b27/stream?format=mp3&origin=published"
                         *             }
                         *           ],
                         *           "view_count": 42,
                         *           "favorite_count": 3,
                         *           "created_at": "2026-10-07T00:20:00.000Z",
                         *           "updated_at": "2026-10-07T02:10:00.000Z",
                         *           "withdrawn_at": null,
                         *           "attribution": {
                         *             "name": "Assemblée nationale",
                         *             "url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27"
                         *           },
                         *           "highlights": {
                         *             "title": "2ème séance : Protection des sources et des petites <mark>rivières</mark>",
                         *             "description": "Discussion de la proposition de loi visant à protéger les sources et les petites <mark>rivières</mark>",
                         *             "commission": null,
                         *             "speakers": [],
                         *             "tags": []
                         *           }
                         *         }
                         *       ],
                         *       "total": 1,
                         *       "total_is_exact": true,
                         *       "page": 1,
                         *       "per_page": 20,
                         *       "next_cursor": null,
                         *       "did_you_mean": null,
                         *       "facets": {
                         *         "exact": true,
                         *         "type": [
                         *           {
                         *             "value": "seance_publique",
                         *             "count": 1
                         *           }
                         *         ],
                         *         "commission": [],
                         *         "speaker": [
                         *           {
                         *             "value": "PA9900001",
                         *             "name": "Mme Hélène Vautrain",
                         *             "count": 1
                         *           }
                         *         ],
                         *         "year": [
                         *           {
                         *             "value": "2026",
                         *             "count": 1
                         *           }
                         *         ]
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["DebateSearch"];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /**
                 * @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors".
                 *
                 *     Le paramètre « cursor » n’a pas été donné par cette liste, ou l’a été pour un autre tri. / The "cursor" parameter was not given by this list, or was given for another order.
                 *
                 *     « date_start » est après « date_end ». / "date_start" is after "date_end".
                 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Chercher un débat / Search debates
         * @description Le titre, la description, la commission, les orateurs et les thèmes, dans toutes leurs formes ; décomptes par facette. Au-delà de quelques centaines de résultats les décomptes sont estimés (total_is_exact). Les pages suivantes par GET (Link), ou par le même corps avec cursor. / Title, description, commission, speakers and tags in any of their forms, with counts by facet. Beyond some hundreds of results counts are estimates (total_is_exact). Further pages by GET (Link), or by the same body with cursor.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @default 20 */
                        per_page?: number;
                        /** @description From the Link header; replaces page */
                        cursor?: string;
                        type?: ("seance_publique" | "commission" | "audition" | "question_gouvernement" | "autre")[];
                        status?: ("programme" | "en_cours" | "termine" | "disponible" | "extraction" | "erreur")[];
                        /** @description Part of the name */
                        commission?: string;
                        /** @description PA… id, or part of a name */
                        speaker?: string;
                        tag?: string[];
                        legislature?: number;
                        /**
                         * Format: date
                         * @description Paris day, included
                         */
                        date_start?: string;
                        /**
                         * Format: date
                         * @description Paris day, included
                         */
                        date_end?: string;
                        has_audio?: boolean;
                        has_transcript?: boolean;
                        /** Format: date-time */
                        updated_since?: string;
                        /** @enum {string} */
                        sort_order?: "asc" | "desc";
                        /** @description Words in any form, "exact phrases", -exclusions, beginnings*; accents and case ignored */
                        q?: string;
                        /** @description From 1 */
                        page?: number;
                        /**
                         * @description By default relevance where words are asked for, else date; relevance descends
                         * @enum {string}
                         */
                        sort_by?: "relevance" | "date" | "title" | "created_at" | "updated_at" | "view_count" | "duration_seconds";
                    };
                };
            };
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "debates": [
                         *         {
                         *           "id": "19502241_6ac548b948b27",
                         *           "title": "2ème séance : Protection des sources et des petites rivières",
                         *           "description": "Discussion de la proposition de loi visant à protéger les sources et les petites rivières",
                         *           "type": "seance_publique",
                         *           "status": "disponible",
                         *           "date": "2026-10-06",
                         *           "start_time": "2026-10-06T21:15:05+02:00",
                         *           "end_time": "2026-10-07T00:03:05+02:00",
                         *           "duration_seconds": 10080,
                         *           "duration_minutes": 168,
                         *           "display_duration": "2 h 48",
                         *           "source": "portal",
                         *           "source_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *           "video_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *           "thumbnail_url": null,
                         *           "live_url": null,
                         *           "commission": null,
                         *           "salle": "Hémicycle",
                         *           "legislature": 17,
                         *           "session": "Session ordinaire 2026-2027",
                         *           "meeting_id": "RUANR5L17S2027IDS90001",
                         *           "report_url": null,
                         *           "speakers": [
                         *             {
                         *               "id": "PA9900001",
                         *               "name": "Mme Hélène Vautrain",
                         *               "role": "rapporteure"
                         *             }
                         *           ],
                         *           "tags": [
                         *             "Environnement"
                         *           ],
                         *           "is_live": false,
                         *           "has_audio": true,
                         *           "has_transcript": false,
                         *           "sitting_starts_at_ms": 894000,
                         *           "sitting_start_origin": "record",
                         *           "is_certain": true,
                         *           "audio_files": [
                         *             {
                         *               "format": "mp3",
                         *               "mime_type": "audio/mpeg",
                         *               "size_bytes": 161280000,
                         *               "duration_seconds": 10080,
                         *               "bitrate_kbps": 128,
                         *               "sample_rate_hz": 44100,
                         *               "channels": 2,
                         *               "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                         *               "origin": "published",
                         *               "url": "https://robian.example/api/streaming/19502241_6ac548b948b27/stream?format=mp3&origin=published"
                         *             }
                         *           ],
                         *           "view_count": 42,
                         *           "favorite_count": 3,
                         *           "created_at": "2026-10-07T00:20:00.000Z",
                         *           "updated_at": "2026-10-07T02:10:00.000Z",
                         *           "withdrawn_at": null,
                         *           "attribution": {
                         *             "name": "Assemblée nationale",
                         *             "url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27"
                         *           },
                         *           "highlights": {
                         *             "title": "2ème séance : Protection des sources et des petites <mark>rivières</mark>",
                         *             "description": "Discussion de la proposition de loi visant à protéger les sources et les petites <mark>rivières</mark>",
                         *             "commission": null,
                         *             "speakers": [],
                         *             "tags": []
                         *           }
                         *         }
                         *       ],
                         *       "total": 1,
                         *       "total_is_exact": true,
                         *       "page": 1,
                         *       "per_page": 20,
                         *       "next_cursor": null,
                         *       "did_you_mean": null,
                         *       "facets": {
                         *         "exact": true,
                         *         "type": [
                         *           {
                         *             "value": "seance_publique",
                         *             "count": 1
                         *           }
                         *         ],
                         *         "commission": [],
                         *         "speaker": [
                         *           {
                         *             "value": "PA9900001",
                         *             "name": "Mme Hélène Vautrain",
                         *             "count": 1
                         *           }
                         *         ],
                         *         "year": [
                         *           {
                         *             "value": "2026",
                         *             "count": 1
                         *           }
                         *         ]
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["DebateSearch"];
                    };
                };
                /**
                 * @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors".
                 *
                 *     Le paramètre « cursor » n’a pas été donné par cette liste, ou l’a été pour un autre tri. / The "cursor" parameter was not given by this list, or was given for another order.
                 *
                 *     « date_start » est après « date_end ». / "date_start" is after "date_end".
                 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debates/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Suggestions de recherche / Search suggestions
         * @description Titres, commissions et orateurs dont des mots commencent par ce qui est saisi. / Titles, commissions and speakers in which words begin with what is typed.
         */
        get: {
            parameters: {
                query: {
                    /** @description What is typed so far */
                    q: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "titles": [
                         *         {
                         *           "id": "19502241_6ac548b948b27",
                         *           "title": "2ème séance : Protection des sources et des petites rivières"
                         *         }
                         *       ],
                         *       "commissions": [],
                         *       "speakers": [
                         *         {
                         *           "id": "PA9900001",
                         *           "name": "Mme Hélène Vautrain"
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["DebateSuggestions"];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Les débats / The debates
         * @description Liste filtrée et triée, en tableau ; total dans X-Total-Count, pages dans Link. Avec q, un total estimé est annoncé par X-Total-Is-Exact: false. / Filtered, sorted list, as an array; total in X-Total-Count, pages in Link. With q, a total that is an estimate says X-Total-Is-Exact: false.
         */
        get: {
            parameters: {
                query?: {
                    /** @description From 1 */
                    page?: number;
                    per_page?: number;
                    /** @description From the Link header; replaces page */
                    cursor?: string;
                    /** @description Words in any form, "exact phrases", -exclusions, beginnings*; accents and case ignored */
                    q?: string;
                    type?: ("seance_publique" | "commission" | "audition" | "question_gouvernement" | "autre")[];
                    status?: ("programme" | "en_cours" | "termine" | "disponible" | "extraction" | "erreur")[];
                    /** @description Part of the name */
                    commission?: string;
                    /** @description PA… id, or part of a name */
                    speaker?: string;
                    tag?: string[];
                    legislature?: number;
                    /** @description Paris day, included */
                    date_start?: string;
                    /** @description Paris day, included */
                    date_end?: string;
                    has_audio?: boolean;
                    has_transcript?: boolean;
                    updated_since?: string;
                    sort_by?: "date" | "title" | "created_at" | "updated_at" | "view_count" | "duration_seconds";
                    sort_order?: "asc" | "desc";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "id": "19502241_6ac548b948b27",
                         *         "title": "2ème séance : Protection des sources et des petites rivières",
                         *         "description": "Discussion de la proposition de loi visant à protéger les sources et les petites rivières",
                         *         "type": "seance_publique",
                         *         "status": "disponible",
                         *         "date": "2026-10-06",
                         *         "start_time": "2026-10-06T21:15:05+02:00",
                         *         "end_time": "2026-10-07T00:03:05+02:00",
                         *         "duration_seconds": 10080,
                         *         "duration_minutes": 168,
                         *         "display_duration": "2 h 48",
                         *         "source": "portal",
                         *         "source_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *         "video_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *         "thumbnail_url": null,
                         *         "live_url": null,
                         *         "commission": null,
                         *         "salle": "Hémicycle",
                         *         "legislature": 17,
                         *         "session": "Session ordinaire 2026-2027",
                         *         "meeting_id": "RUANR5L17S2027IDS90001",
                         *         "report_url": null,
                         *         "speakers": [
                         *           {
                         *             "id": "PA9900001",
                         *             "name": "Mme Hélène Vautrain",
                         *             "role": "rapporteure"
                         *           }
                         *         ],
                         *         "tags": [
                         *           "Environnement"
                         *         ],
                         *         "is_live": false,
                         *         "has_audio": true,
                         *         "has_transcript": false,
                         *         "sitting_starts_at_ms": 894000,
                         *         "sitting_start_origin": "record",
                         *         "is_certain": true,
                         *         "audio_files": [
                         *           {
                         *             "format": "mp3",
                         *             "mime_type": "audio/mpeg",
                         *             "size_bytes": 161280000,
                         *             "duration_seconds": 10080,
                         *             "bitrate_kbps": 128,
                         *             "sample_rate_hz": 44100,
                         *             "channels": 2,
                         *             "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                         *             "origin": "published",
                         *             "url": "https://robian.example/api/streaming/19502241_6ac548b948b27/stream?format=mp3&origin=published"
                         *           }
                         *         ],
                         *         "view_count": 42,
                         *         "favorite_count": 3,
                         *         "created_at": "2026-10-07T00:20:00.000Z",
                         *         "updated_at": "2026-10-07T02:10:00.000Z",
                         *         "withdrawn_at": null,
                         *         "attribution": {
                         *           "name": "Assemblée nationale",
                         *           "url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27"
                         *         }
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["Debate"][];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /**
                 * @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors".
                 *
                 *     Le paramètre « cursor » n’a pas été donné par cette liste, ou l’a été pour un autre tri. / The "cursor" parameter was not given by this list, or was given for another order.
                 *
                 *     « date_start » est après « date_end ». / "date_start" is after "date_end".
                 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Ajouter une page / Add a page
         * @description Toute page que yt-dlp sait lire, sur un hôte de SOURCE_HOSTS. Portée : debates:write. / Any page that yt-dlp can read, on a host of SOURCE_HOSTS. Scope: debates:write.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "url": "https://www.lcp.example/programmes/une-audition-123",
                     *       "title": "Audition sur les bibliothèques",
                     *       "start_time": "2026-10-06T09:30:00+02:00",
                     *       "type": "audition",
                     *       "commission": "Commission des affaires culturelles"
                     *     }
                     */
                    "application/json": {
                        /** @description A page that yt-dlp can read, on a host of SOURCE_HOSTS */
                        url: string;
                        title: string;
                        /**
                         * Format: date-time
                         * @description Start of the recording
                         * @example 2026-10-06T21:15:00+02:00
                         */
                        start_time: string;
                        description?: string;
                        /** @enum {string} */
                        type?: "seance_publique" | "commission" | "audition" | "question_gouvernement" | "autre";
                        commission?: string | null;
                        salle?: string | null;
                        legislature?: number | null;
                        session?: string | null;
                        tags?: string[];
                        /** Format: uri */
                        thumbnail_url?: string | null;
                        /** Format: uri */
                        report_url?: string | null;
                        speakers?: {
                            name: string;
                            role?: string | null;
                        }[];
                    };
                };
            };
            responses: {
                /** @description Créé / Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "id": "19502241_6ac548b948b27",
                         *       "title": "2ème séance : Protection des sources et des petites rivières",
                         *       "description": "Discussion de la proposition de loi visant à protéger les sources et les petites rivières",
                         *       "type": "seance_publique",
                         *       "status": "disponible",
                         *       "date": "2026-10-06",
                         *       "start_time": "2026-10-06T21:15:05+02:00",
                         *       "end_time": "2026-10-07T00:03:05+02:00",
                         *       "duration_seconds": 10080,
                         *       "duration_minutes": 168,
                         *       "display_duration": "2 h 48",
                         *       "source": "portal",
                         *       "source_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *       "video_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *       "thumbnail_url": null,
                         *       "live_url": null,
                         *       "commission": null,
                         *       "salle": "Hémicycle",
                         *       "legislature": 17,
                         *       "session": "Session ordinaire 2026-2027",
                         *       "meeting_id": "RUANR5L17S2027IDS90001",
                         *       "report_url": null,
                         *       "speakers": [
                         *         {
                         *           "id": "PA9900001",
                         *           "name": "Mme Hélène Vautrain",
                         *           "role": "rapporteure"
                         *         }
                         *       ],
                         *       "tags": [
                         *         "Environnement"
                         *       ],
                         *       "is_live": false,
                         *       "has_audio": true,
                         *       "has_transcript": false,
                         *       "sitting_starts_at_ms": 894000,
                         *       "sitting_start_origin": "record",
                         *       "is_certain": true,
                         *       "audio_files": [
                         *         {
                         *           "format": "mp3",
                         *           "mime_type": "audio/mpeg",
                         *           "size_bytes": 161280000,
                         *           "duration_seconds": 10080,
                         *           "bitrate_kbps": 128,
                         *           "sample_rate_hz": 44100,
                         *           "channels": 2,
                         *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                         *           "origin": "published",
                         *           "url": "https://robian.example/api/streaming/19502241_6ac548b948b27/stream?format=mp3&origin=published"
                         *         }
                         *       ],
                         *       "view_count": 42,
                         *       "favorite_count": 3,
                         *       "created_at": "2026-10-07T00:20:00.000Z",
                         *       "updated_at": "2026-10-07T02:10:00.000Z",
                         *       "withdrawn_at": null,
                         *       "attribution": {
                         *         "name": "Assemblée nationale",
                         *         "url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27"
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["Debate"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Cette page est déjà le débat « page-0f9c1a526f0e4d8a » ; PUT le corrige. / This page is the debate "page-0f9c1a526f0e4d8a" already; PUT corrects it. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description La page doit être en http ou https, sans identifiants, sur un hôte permis (SOURCE_HOSTS) et à une adresse publique. / The page must be http or https, without credentials, on an allowed host (SOURCE_HOSTS) and at a public address.
                 *
                 *     Le nom de l’hôte de cette page n’a pas pu être résolu. / The name of the host of this page could not be resolved.
                 */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debates/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * En direct / On the air now
         * @description Les séances diffusées en ce moment, avec live_url (HLS). / Sittings on the air now, with live_url (HLS).
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "id": "19502241_6ac548b948b27",
                         *         "title": "2ème séance : Protection des sources et des petites rivières",
                         *         "description": "Discussion de la proposition de loi visant à protéger les sources et les petites rivières",
                         *         "type": "seance_publique",
                         *         "status": "disponible",
                         *         "date": "2026-10-06",
                         *         "start_time": "2026-10-06T21:15:05+02:00",
                         *         "end_time": "2026-10-07T00:03:05+02:00",
                         *         "duration_seconds": 10080,
                         *         "duration_minutes": 168,
                         *         "display_duration": "2 h 48",
                         *         "source": "portal",
                         *         "source_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *         "video_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *         "thumbnail_url": null,
                         *         "live_url": null,
                         *         "commission": null,
                         *         "salle": "Hémicycle",
                         *         "legislature": 17,
                         *         "session": "Session ordinaire 2026-2027",
                         *         "meeting_id": "RUANR5L17S2027IDS90001",
                         *         "report_url": null,
                         *         "speakers": [
                         *           {
                         *             "id": "PA9900001",
                         *             "name": "Mme Hélène Vautrain",
                         *             "role": "rapporteure"
                         *           }
                         *         ],
                         *         "tags": [
                         *           "Environnement"
                         *         ],
                         *         "is_live": false,
                         *         "has_audio": true,
                         *         "has_transcript": false,
                         *         "sitting_starts_at_ms": 894000,
                         *         "sitting_start_origin": "record",
                         *         "is_certain": true,
                         *         "audio_files": [
                         *           {
                         *             "format": "mp3",
                         *             "mime_type": "audio/mpeg",
                         *             "size_bytes": 161280000,
                         *             "duration_seconds": 10080,
                         *             "bitrate_kbps": 128,
                         *             "sample_rate_hz": 44100,
                         *             "channels": 2,
                         *             "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                         *             "origin": "published",
                         *             "url": "https://robian.example/api/streaming/19502241_6ac548b948b27/stream?format=mp3&origin=published"
                         *           }
                         *         ],
                         *         "view_count": 42,
                         *         "favorite_count": 3,
                         *         "created_at": "2026-10-07T00:20:00.000Z",
                         *         "updated_at": "2026-10-07T02:10:00.000Z",
                         *         "withdrawn_at": null,
                         *         "attribution": {
                         *           "name": "Assemblée nationale",
                         *           "url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27"
                         *         }
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["Debate"][];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debates/recent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ces derniers jours / The last days
         * @description Les séances commencées ces derniers jours, la plus récente d’abord. / Sittings begun in the last days, newest first.
         */
        get: {
            parameters: {
                query?: {
                    /** @description From 1 */
                    page?: number;
                    per_page?: number;
                    /** @description From the Link header; replaces page */
                    cursor?: string;
                    days?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "id": "19502241_6ac548b948b27",
                         *         "title": "2ème séance : Protection des sources et des petites rivières",
                         *         "description": "Discussion de la proposition de loi visant à protéger les sources et les petites rivières",
                         *         "type": "seance_publique",
                         *         "status": "disponible",
                         *         "date": "2026-10-06",
                         *         "start_time": "2026-10-06T21:15:05+02:00",
                         *         "end_time": "2026-10-07T00:03:05+02:00",
                         *         "duration_seconds": 10080,
                         *         "duration_minutes": 168,
                         *         "display_duration": "2 h 48",
                         *         "source": "portal",
                         *         "source_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *         "video_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *         "thumbnail_url": null,
                         *         "live_url": null,
                         *         "commission": null,
                         *         "salle": "Hémicycle",
                         *         "legislature": 17,
                         *         "session": "Session ordinaire 2026-2027",
                         *         "meeting_id": "RUANR5L17S2027IDS90001",
                         *         "report_url": null,
                         *         "speakers": [
                         *           {
                         *             "id": "PA9900001",
                         *             "name": "Mme Hélène Vautrain",
                         *             "role": "rapporteure"
                         *           }
                         *         ],
                         *         "tags": [
                         *           "Environnement"
                         *         ],
                         *         "is_live": false,
                         *         "has_audio": true,
                         *         "has_transcript": false,
                         *         "sitting_starts_at_ms": 894000,
                         *         "sitting_start_origin": "record",
                         *         "is_certain": true,
                         *         "audio_files": [
                         *           {
                         *             "format": "mp3",
                         *             "mime_type": "audio/mpeg",
                         *             "size_bytes": 161280000,
                         *             "duration_seconds": 10080,
                         *             "bitrate_kbps": 128,
                         *             "sample_rate_hz": 44100,
                         *             "channels": 2,
                         *             "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                         *             "origin": "published",
                         *             "url": "https://robian.example/api/streaming/19502241_6ac548b948b27/stream?format=mp3&origin=published"
                         *           }
                         *         ],
                         *         "view_count": 42,
                         *         "favorite_count": 3,
                         *         "created_at": "2026-10-07T00:20:00.000Z",
                         *         "updated_at": "2026-10-07T02:10:00.000Z",
                         *         "withdrawn_at": null,
                         *         "attribution": {
                         *           "name": "Assemblée nationale",
                         *           "url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27"
                         *         }
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["Debate"][];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /**
                 * @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors".
                 *
                 *     Le paramètre « cursor » n’a pas été donné par cette liste, ou l’a été pour un autre tri. / The "cursor" parameter was not given by this list, or was given for another order.
                 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debates/{debate_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Un débat / One debate
         * @description Par son identifiant, ou tout identifiant sous lequel il a été connu. / By its id, or any id it was known by.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id of the debate, or any id it was known by */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "id": "19502241_6ac548b948b27",
                         *       "title": "2ème séance : Protection des sources et des petites rivières",
                         *       "description": "Discussion de la proposition de loi visant à protéger les sources et les petites rivières",
                         *       "type": "seance_publique",
                         *       "status": "disponible",
                         *       "date": "2026-10-06",
                         *       "start_time": "2026-10-06T21:15:05+02:00",
                         *       "end_time": "2026-10-07T00:03:05+02:00",
                         *       "duration_seconds": 10080,
                         *       "duration_minutes": 168,
                         *       "display_duration": "2 h 48",
                         *       "source": "portal",
                         *       "source_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *       "video_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *       "thumbnail_url": null,
                         *       "live_url": null,
                         *       "commission": null,
                         *       "salle": "Hémicycle",
                         *       "legislature": 17,
                         *       "session": "Session ordinaire 2026-2027",
                         *       "meeting_id": "RUANR5L17S2027IDS90001",
                         *       "report_url": null,
                         *       "speakers": [
                         *         {
                         *           "id": "PA9900001",
                         *           "name": "Mme Hélène Vautrain",
                         *           "role": "rapporteure"
                         *         }
                         *       ],
                         *       "tags": [
                         *         "Environnement"
                         *       ],
                         *       "is_live": false,
                         *       "has_audio": true,
                         *       "has_transcript": false,
                         *       "sitting_starts_at_ms": 894000,
                         *       "sitting_start_origin": "record",
                         *       "is_certain": true,
                         *       "audio_files": [
                         *         {
                         *           "format": "mp3",
                         *           "mime_type": "audio/mpeg",
                         *           "size_bytes": 161280000,
                         *           "duration_seconds": 10080,
                         *           "bitrate_kbps": 128,
                         *           "sample_rate_hz": 44100,
                         *           "channels": 2,
                         *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                         *           "origin": "published",
                         *           "url": "https://robian.example/api/streaming/19502241_6ac548b948b27/stream?format=mp3&origin=published"
                         *         }
                         *       ],
                         *       "view_count": 42,
                         *       "favorite_count": 3,
                         *       "created_at": "2026-10-07T00:20:00.000Z",
                         *       "updated_at": "2026-10-07T02:10:00.000Z",
                         *       "withdrawn_at": null,
                         *       "attribution": {
                         *         "name": "Assemblée nationale",
                         *         "url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27"
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["Debate"];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Aucun débat ne porte l’identifiant « 19502241_6ac548b948b27 ». / No debate has the id "19502241_6ac548b948b27". */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Corriger un débat / Correct a debate
         * @description Remplace toutes les corrections : un champ absent redevient celui de la source ; une correction tient quoi que la source dise ensuite. Idempotent. Portée : debates:write. / Replaces all corrections: an absent field is the source’s again; a correction stays whatever the source says later. Idempotent. Scope: debates:write.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id of the debate, or any id it was known by */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "title": "Audition sur les bibliothèques de prêt",
                     *       "tags": [
                     *         "Culture"
                     *       ]
                     *     }
                     */
                    "application/json": {
                        title?: string;
                        /**
                         * Format: date-time
                         * @description Start of the recording
                         * @example 2026-10-06T21:15:00+02:00
                         */
                        start_time?: string;
                        description?: string;
                        /** @enum {string} */
                        type?: "seance_publique" | "commission" | "audition" | "question_gouvernement" | "autre";
                        commission?: string | null;
                        salle?: string | null;
                        legislature?: number | null;
                        session?: string | null;
                        tags?: string[];
                        /** Format: uri */
                        thumbnail_url?: string | null;
                        /** Format: uri */
                        report_url?: string | null;
                        /** @description Shows again what an administrator withdrew */
                        restore?: boolean;
                    };
                };
            };
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "id": "19502241_6ac548b948b27",
                         *       "title": "2ème séance : Protection des sources et des petites rivières",
                         *       "description": "Discussion de la proposition de loi visant à protéger les sources et les petites rivières",
                         *       "type": "seance_publique",
                         *       "status": "disponible",
                         *       "date": "2026-10-06",
                         *       "start_time": "2026-10-06T21:15:05+02:00",
                         *       "end_time": "2026-10-07T00:03:05+02:00",
                         *       "duration_seconds": 10080,
                         *       "duration_minutes": 168,
                         *       "display_duration": "2 h 48",
                         *       "source": "portal",
                         *       "source_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *       "video_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *       "thumbnail_url": null,
                         *       "live_url": null,
                         *       "commission": null,
                         *       "salle": "Hémicycle",
                         *       "legislature": 17,
                         *       "session": "Session ordinaire 2026-2027",
                         *       "meeting_id": "RUANR5L17S2027IDS90001",
                         *       "report_url": null,
                         *       "speakers": [
                         *         {
                         *           "id": "PA9900001",
                         *           "name": "Mme Hélène Vautrain",
                         *           "role": "rapporteure"
                         *         }
                         *       ],
                         *       "tags": [
                         *         "Environnement"
                         *       ],
                         *       "is_live": false,
                         *       "has_audio": true,
                         *       "has_transcript": false,
                         *       "sitting_starts_at_ms": 894000,
                         *       "sitting_start_origin": "record",
                         *       "is_certain": true,
                         *       "audio_files": [
                         *         {
                         *           "format": "mp3",
                         *           "mime_type": "audio/mpeg",
                         *           "size_bytes": 161280000,
                         *           "duration_seconds": 10080,
                         *           "bitrate_kbps": 128,
                         *           "sample_rate_hz": 44100,
                         *           "channels": 2,
                         *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                         *           "origin": "published",
                         *           "url": "https://robian.example/api/streaming/19502241_6ac548b948b27/stream?format=mp3&origin=published"
                         *         }
                         *       ],
                         *       "view_count": 42,
                         *       "favorite_count": 3,
                         *       "created_at": "2026-10-07T00:20:00.000Z",
                         *       "updated_at": "2026-10-07T02:10:00.000Z",
                         *       "withdrawn_at": null,
                         *       "attribution": {
                         *         "name": "Assemblée nationale",
                         *         "url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27"
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["Debate"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Aucun débat ne porte l’identifiant « page-0f9c1a526f0e4d8a ». / No debate has the id "page-0f9c1a526f0e4d8a". */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /**
         * Retirer un débat / Withdraw a debate
         * @description Le marque retiré, sans l’effacer ; aucune source ne le fait revenir. Idempotent. Portée : debates:write. / Marks it withdrawn, without erasing it; no source brings it back. Idempotent. Scope: debates:write.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id of the debate, or any id it was known by */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is withdrawn */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Aucun débat ne porte l’identifiant « page-0f9c1a526f0e4d8a ». / No debate has the id "page-0f9c1a526f0e4d8a". */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/streaming/{debate_id}/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ce qui peut être écouté / What can be played
         * @description Versions, adresses, début de la séance, état de l’extraction. / Renditions, addresses, start of the sitting, state of the extraction.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id of the debate, or any id it was known by */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "debate_id": "19502241_6ac548b948b27",
                         *       "title": "2ème séance : Protection des sources et des petites rivières",
                         *       "delivery": "stored",
                         *       "duration_seconds": 10080,
                         *       "sitting_starts_at_ms": 894000,
                         *       "stream_url": "https://robian.example/api/streaming/19502241_6ac548b948b27/stream",
                         *       "hls_url": null,
                         *       "download_url": "https://robian.example/api/streaming/19502241_6ac548b948b27/download",
                         *       "renditions": [
                         *         {
                         *           "format": "mp3",
                         *           "mime_type": "audio/mpeg",
                         *           "size_bytes": 161280000,
                         *           "duration_seconds": 10080,
                         *           "bitrate_kbps": 128,
                         *           "sample_rate_hz": 44100,
                         *           "channels": 2,
                         *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                         *           "origin": "published",
                         *           "url": "https://robian.example/api/streaming/19502241_6ac548b948b27/stream?format=mp3&origin=published"
                         *         }
                         *       ],
                         *       "extraction": {
                         *         "status": "completed",
                         *         "progress": 100,
                         *         "step": null,
                         *         "eta_seconds": null,
                         *         "error_code": null
                         *       },
                         *       "attribution": {
                         *         "name": "Assemblée nationale",
                         *         "url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27"
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["StreamingInfo"];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Aucun débat ne porte l’identifiant « 19502241_6ac548b948b27 ». / No debate has the id "19502241_6ac548b948b27".
                 *
                 *     Aucun enregistrement de ce débat n’est connu. / No recording of this debate is known.
                 *
                 *     Ce débat n’existe pas sous la forme demandée ; voir « renditions » dans /info. / This debate does not exist in the form asked for; see "renditions" in /info.
                 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La source ne propose plus ce débat ; son enregistrement n’est plus diffusé. / The source no longer offers this debate; its recording is no longer served. */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/streaming/{debate_id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Le son / The sound
         * @description Avec intervalles (Range, If-Range) et validation (ETag) ; relayé depuis la source tant qu’il n’est pas conservé ici. / With ranges (Range, If-Range) and validation (ETag); relayed from the source while it is not kept here.
         */
        get: {
            parameters: {
                query?: {
                    format?: "mp3" | "m4a";
                    /** @description As in "renditions" of /info */
                    origin?: "published" | "copied" | "re-encoded";
                };
                header?: never;
                path: {
                    /** @description Id of the debate, or any id it was known by */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The whole file */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /** @example ID3… (octets / bytes) */
                        "audio/mpeg": string;
                    };
                };
                /** @description The range asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /** @example ID3… (octets / bytes) */
                        "audio/mpeg": string;
                    };
                };
                /** @description Le fichier est là-bas, pour quelque temps / The file is over there, for some time */
                302: {
                    headers: {
                        /** @description Adresse signée du stockage / Signed address of the storage */
                        location?: unknown;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Aucun débat ne porte l’identifiant « 19502241_6ac548b948b27 ». / No debate has the id "19502241_6ac548b948b27".
                 *
                 *     Aucun enregistrement de ce débat n’est connu. / No recording of this debate is known.
                 *
                 *     Ce débat n’existe pas sous la forme demandée ; voir « renditions » dans /info. / This debate does not exist in the form asked for; see "renditions" in /info.
                 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette séance n’est pas terminée : son enregistrement n’est pas encore publié. / This sitting is not over: its recording has not been published yet.
                 *
                 *     Le son doit d’abord être extrait : POST /api/streaming/19502241_6ac548b948b27/extract. / The sound has to be extracted first: POST /api/streaming/19502241_6ac548b948b27/extract.
                 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La source ne propose plus ce débat ; son enregistrement n’est plus diffusé. / The source no longer offers this debate; its recording is no longer served. */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le fichier n’est plus celui que la requête suppose (If-Match, If-Unmodified-Since). / The file is no longer the one that the request assumes (If-Match, If-Unmodified-Since). */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description L’intervalle demandé est en dehors du fichier ; sa taille est dans Content-Range. / The range asked for lies outside the file; its size is in Content-Range. */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La source n’a pas donné le son (HTTP 500). / The source did not give the sound (HTTP 500). */
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Ce débat n’est pas encore conservé ici et trop d’écoutes passent déjà par la source ; réessayez bientôt. / This debate is not kept here yet and too many listeners already go through the source; try again soon.
                 *
                 *     Le stockage des fichiers audio ne répond pas correctement ; réessayez bientôt. / The storage of audio files does not answer properly; try again soon.
                 *
                 *     Le stockage des fichiers audio refuse nos demandes ; l’exploitant doit vérifier ses réglages. / The storage of audio files refuses our requests; its settings are for the operator to check.
                 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La source n’a pas répondu à temps. / The source did not answer in time. */
                504: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/streaming/{debate_id}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Télécharger / Download
         * @description Avec Accept: application/json, une adresse signée qui expire ; sinon le fichier, sous un nom lisible. / With Accept: application/json, a signed address that expires; otherwise the file, under a readable name.
         */
        get: {
            parameters: {
                query?: {
                    format?: "mp3" | "m4a";
                    /** @description As in "renditions" of /info */
                    origin?: "published" | "copied" | "re-encoded";
                };
                header?: never;
                path: {
                    /** @description Id of the debate, or any id it was known by */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The file as an attachment, or where to get it */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "url": "https://robian.example/files/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.mp3?expires=1791370000&signature=Zx0b3Y1n&name=2026-10-06.mp3",
                         *       "expires_at": "2026-10-07T14:06:40.000Z",
                         *       "filename": "2026-10-06 2ème séance - Protection des sources et des petites rivières.mp3",
                         *       "size_bytes": 161280000,
                         *       "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                         *     }
                         */
                        "application/json": components["schemas"]["Download"];
                        /** @example ID3… (octets / bytes) */
                        "audio/mpeg": string;
                    };
                };
                /** @description The range asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /** @example ID3… (octets / bytes) */
                        "audio/mpeg": string;
                    };
                };
                /** @description Le fichier est là-bas, pour quelque temps / The file is over there, for some time */
                302: {
                    headers: {
                        /** @description Adresse signée du stockage / Signed address of the storage */
                        location?: unknown;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Aucun débat ne porte l’identifiant « 19502241_6ac548b948b27 ». / No debate has the id "19502241_6ac548b948b27".
                 *
                 *     Aucun enregistrement de ce débat n’est connu. / No recording of this debate is known.
                 *
                 *     Ce débat n’existe pas sous la forme demandée ; voir « renditions » dans /info. / This debate does not exist in the form asked for; see "renditions" in /info.
                 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette séance n’est pas terminée : son enregistrement n’est pas encore publié. / This sitting is not over: its recording has not been published yet.
                 *
                 *     Le son doit d’abord être extrait : POST /api/streaming/19502241_6ac548b948b27/extract. / The sound has to be extracted first: POST /api/streaming/19502241_6ac548b948b27/extract.
                 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La source ne propose plus ce débat ; son enregistrement n’est plus diffusé. / The source no longer offers this debate; its recording is no longer served. */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le fichier n’est plus celui que la requête suppose (If-Match, If-Unmodified-Since). / The file is no longer the one that the request assumes (If-Match, If-Unmodified-Since). */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description L’intervalle demandé est en dehors du fichier ; sa taille est dans Content-Range. / The range asked for lies outside the file; its size is in Content-Range. */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La source n’a pas donné le son (HTTP 500). / The source did not give the sound (HTTP 500). */
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Ce débat n’est pas encore conservé ici et trop d’écoutes passent déjà par la source ; réessayez bientôt. / This debate is not kept here yet and too many listeners already go through the source; try again soon.
                 *
                 *     Le stockage des fichiers audio ne répond pas correctement ; réessayez bientôt. / The storage of audio files does not answer properly; try again soon.
                 *
                 *     Le stockage des fichiers audio refuse nos demandes ; l’exploitant doit vérifier ses réglages. / The storage of audio files refuses our requests; its settings are for the operator to check.
                 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La source n’a pas répondu à temps. / The source did not answer in time. */
                504: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Un fichier, par lien signé / A file, by signed link
         * @description L’adresse vient de /download. / The address comes from /download.
         */
        get: {
            parameters: {
                query: {
                    expires: number;
                    signature: string;
                    name: string;
                };
                header?: never;
                path: {
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The whole file */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /** @example ID3… (octets / bytes) */
                        "audio/mpeg": string;
                    };
                };
                /** @description The range asked for */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /** @example ID3… (octets / bytes) */
                        "audio/mpeg": string;
                    };
                };
                /** @description Le fichier est là-bas, pour quelque temps / The file is over there, for some time */
                302: {
                    headers: {
                        /** @description Adresse signée du stockage / Signed address of the storage */
                        location?: unknown;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce lien de téléchargement n’a pas été donné par ce serveur, ou a été modifié. / This download link was not given by this server, or was changed. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Ce lien de téléchargement a expiré ; demandez-en un autre à /download. / This download link has expired; ask /download for another one.
                 *
                 *     Ce fichier n’est plus conservé ; demandez un autre lien à /download. / This file is no longer kept; ask /download for another link.
                 */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le fichier n’est plus celui que la requête suppose (If-Match, If-Unmodified-Since). / The file is no longer the one that the request assumes (If-Match, If-Unmodified-Since). */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description L’intervalle demandé est en dehors du fichier ; sa taille est dans Content-Range. / The range asked for lies outside the file; its size is in Content-Range. */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Le stockage des fichiers audio ne répond pas correctement ; réessayez bientôt. / The storage of audio files does not answer properly; try again soon.
                 *
                 *     Le stockage des fichiers audio refuse nos demandes ; l’exploitant doit vérifier ses réglages. / The storage of audio files refuses our requests; its settings are for the operator to check.
                 */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/streaming/{debate_id}/extract": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Demander le son / Ask for the sound
         * @description Met l’extraction du son en file d’attente (202). La même demande donne la même extraction (200) ; déjà là : le fichier (200). / Queues the extraction of the sound (202). The same request gives the same extraction (200); already there: the file (200).
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id of the debate, or any id it was known by */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description mp3 (par défaut) : le fichier publié, à défaut le son copié de la vidéo ; m4a: le son copié de la vidéo. / mp3 (default): the published file, failing that the sound copied from the video; m4a: the sound copied from the video.
                         * @enum {string}
                         */
                        format?: "mp3" | "m4a";
                        /**
                         * @description Tel que publié, jamais réencodé. / As published, never re-encoded.
                         * @enum {string}
                         */
                        quality?: "original";
                        /**
                         * @description normal by default
                         * @enum {string}
                         */
                        priority?: "low" | "normal" | "high" | "urgent";
                    } | null;
                };
            };
            responses: {
                /** @description Under way already, or already there */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "extraction_id": "0b1f7c3e-52d4-4a55-9c0d-6f5f3c1c9a10",
                         *       "debate_id": "19502241_6ac548b948b27",
                         *       "status": "running",
                         *       "format": "mp3",
                         *       "quality": "original",
                         *       "priority": "normal",
                         *       "progress": 45.2,
                         *       "step": "fetching",
                         *       "source": "mp3",
                         *       "bytes_done": 72900000,
                         *       "bytes_total": 161280000,
                         *       "media_seconds_done": null,
                         *       "media_seconds_total": null,
                         *       "eta_seconds": 14,
                         *       "attempts": 1,
                         *       "next_attempt_at": null,
                         *       "cancel_requested": false,
                         *       "error": null,
                         *       "audio_file": null,
                         *       "created_at": "2026-10-07T02:09:40.000Z",
                         *       "started_at": "2026-10-07T02:09:41.000Z",
                         *       "finished_at": null,
                         *       "updated_at": "2026-10-07T02:09:53.000Z"
                         *     }
                         */
                        "application/json": components["schemas"]["ExtractionStatus"];
                    };
                };
                /** @description Queued; Location tells its status */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "extraction_id": "0b1f7c3e-52d4-4a55-9c0d-6f5f3c1c9a10",
                         *       "debate_id": "19502241_6ac548b948b27",
                         *       "status": "running",
                         *       "format": "mp3",
                         *       "quality": "original",
                         *       "priority": "normal",
                         *       "progress": 45.2,
                         *       "step": "fetching",
                         *       "source": "mp3",
                         *       "bytes_done": 72900000,
                         *       "bytes_total": 161280000,
                         *       "media_seconds_done": null,
                         *       "media_seconds_total": null,
                         *       "eta_seconds": 14,
                         *       "attempts": 1,
                         *       "next_attempt_at": null,
                         *       "cancel_requested": false,
                         *       "error": null,
                         *       "audio_file": null,
                         *       "created_at": "2026-10-07T02:09:40.000Z",
                         *       "started_at": "2026-10-07T02:09:41.000Z",
                         *       "finished_at": null,
                         *       "updated_at": "2026-10-07T02:09:53.000Z"
                         *     }
                         */
                        "application/json": components["schemas"]["ExtractionStatus"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Aucun débat ne porte l’identifiant « 19502241_6ac548b948b27 ». / No debate has the id "19502241_6ac548b948b27". */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La source ne publie pas (ou pas encore) de son pour ce débat. / The source publishes no sound for this debate, or not yet. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description 100 extractions attendent déjà. Réessayez un peu plus tard. / 100 extractions are already waiting. Try again a little later. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Il ne reste pas assez de place pour garder un nouveau fichier. / There is not enough room left to keep another file. */
                507: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Annuler l’extraction / Cancel the extraction
         * @description Arrête l’extraction en cours, quel que soit le processus qui la mène ; elle peut mettre une seconde à s’arrêter (202). Le jeton du compte qui l’a demandée convient aussi. / Stops the extraction under way, on whichever process; it may take a second to stop (202). The token of the account that asked for it will do too.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id of the debate, or any id it was known by */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Cancelled */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "extraction_id": "0b1f7c3e-52d4-4a55-9c0d-6f5f3c1c9a10",
                         *       "debate_id": "19502241_6ac548b948b27",
                         *       "status": "running",
                         *       "format": "mp3",
                         *       "quality": "original",
                         *       "priority": "normal",
                         *       "progress": 45.2,
                         *       "step": "fetching",
                         *       "source": "mp3",
                         *       "bytes_done": 72900000,
                         *       "bytes_total": 161280000,
                         *       "media_seconds_done": null,
                         *       "media_seconds_total": null,
                         *       "eta_seconds": 14,
                         *       "attempts": 1,
                         *       "next_attempt_at": null,
                         *       "cancel_requested": false,
                         *       "error": null,
                         *       "audio_file": null,
                         *       "created_at": "2026-10-07T02:09:40.000Z",
                         *       "started_at": "2026-10-07T02:09:41.000Z",
                         *       "finished_at": null,
                         *       "updated_at": "2026-10-07T02:09:53.000Z"
                         *     }
                         */
                        "application/json": components["schemas"]["ExtractionStatus"];
                    };
                };
                /** @description Asked to stop */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "extraction_id": "0b1f7c3e-52d4-4a55-9c0d-6f5f3c1c9a10",
                         *       "debate_id": "19502241_6ac548b948b27",
                         *       "status": "running",
                         *       "format": "mp3",
                         *       "quality": "original",
                         *       "priority": "normal",
                         *       "progress": 45.2,
                         *       "step": "fetching",
                         *       "source": "mp3",
                         *       "bytes_done": 72900000,
                         *       "bytes_total": 161280000,
                         *       "media_seconds_done": null,
                         *       "media_seconds_total": null,
                         *       "eta_seconds": 14,
                         *       "attempts": 1,
                         *       "next_attempt_at": null,
                         *       "cancel_requested": false,
                         *       "error": null,
                         *       "audio_file": null,
                         *       "created_at": "2026-10-07T02:09:40.000Z",
                         *       "started_at": "2026-10-07T02:09:41.000Z",
                         *       "finished_at": null,
                         *       "updated_at": "2026-10-07T02:09:53.000Z"
                         *     }
                         */
                        "application/json": components["schemas"]["ExtractionStatus"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Aucun débat ne porte l’identifiant « 19502241_6ac548b948b27 ». / No debate has the id "19502241_6ac548b948b27".
                 *
                 *     L’extraction du son de ce débat n’a jamais été demandée. / The sound of this debate was never asked for.
                 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Il n’y a plus rien à annuler : l’extraction est done. / There is nothing left to cancel: the extraction is done. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/streaming/{debate_id}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Où en est l’extraction / How far the extraction is
         * @description La dernière extraction de ce débat. / The last extraction of this debate.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id of the debate, or any id it was known by */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "extraction_id": "0b1f7c3e-52d4-4a55-9c0d-6f5f3c1c9a10",
                         *       "debate_id": "19502241_6ac548b948b27",
                         *       "status": "running",
                         *       "format": "mp3",
                         *       "quality": "original",
                         *       "priority": "normal",
                         *       "progress": 45.2,
                         *       "step": "fetching",
                         *       "source": "mp3",
                         *       "bytes_done": 72900000,
                         *       "bytes_total": 161280000,
                         *       "media_seconds_done": null,
                         *       "media_seconds_total": null,
                         *       "eta_seconds": 14,
                         *       "attempts": 1,
                         *       "next_attempt_at": null,
                         *       "cancel_requested": false,
                         *       "error": null,
                         *       "audio_file": null,
                         *       "created_at": "2026-10-07T02:09:40.000Z",
                         *       "started_at": "2026-10-07T02:09:41.000Z",
                         *       "finished_at": null,
                         *       "updated_at": "2026-10-07T02:09:53.000Z"
                         *     }
                         */
                        "application/json": components["schemas"]["ExtractionStatus"];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Aucun débat ne porte l’identifiant « 19502241_6ac548b948b27 ». / No debate has the id "19502241_6ac548b948b27".
                 *
                 *     L’extraction du son de ce débat n’a jamais été demandée. / The sound of this debate was never asked for.
                 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Mon compte / My account
         * @description Celui que dit le jeton. / The one the token stands for.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "id": "0d6a3f0e-3d3c-4c1e-9b0a-51f8f1c8e7a2",
                         *       "kind": "password",
                         *       "email": "camille@example.org",
                         *       "role": "listener",
                         *       "scopes": [
                         *         "account",
                         *         "library"
                         *       ],
                         *       "created_at": "2026-11-02T09:15:00.000Z"
                         *     }
                         */
                        "application/json": components["schemas"]["Account"];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Cette opération est réservée au titulaire d’un compte connecté ; les clés et le jeton d’exploitation n’y suffisent pas. / This operation is for a signed-in account holder; keys and the operator’s token do not do. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Effacer mon compte / Erase my account
         * @description Avec tout ce que le service garde de vous, sans retour (RGPD, article 17). / With all that the service keeps of you, for good (GDPR, article 17).
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Erased */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Cette opération est réservée au titulaire d’un compte connecté ; les clés et le jeton d’exploitation n’y suffisent pas. / This operation is for a signed-in account holder; keys and the operator’s token do not do. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/upgrade": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compléter le compte de l’appareil / Complete the device’s account
         * @description Lui donne une adresse et un mot de passe ; favoris, collections et positions restent, les jetons aussi. / Gives it an e-mail address and a password; favourites, collections and positions stay, and so do the tokens.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * Format: email
                         * @example camille@example.org
                         */
                        email: string;
                        /** @example deux chaises et un perchoir */
                        password: string;
                    };
                };
            };
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "id": "0d6a3f0e-3d3c-4c1e-9b0a-51f8f1c8e7a2",
                         *       "kind": "password",
                         *       "email": "camille@example.org",
                         *       "role": "listener",
                         *       "scopes": [
                         *         "account",
                         *         "library"
                         *       ],
                         *       "created_at": "2026-11-02T09:15:00.000Z"
                         *     }
                         */
                        "application/json": components["schemas"]["Account"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Cette opération est réservée au titulaire d’un compte connecté ; les clés et le jeton d’exploitation n’y suffisent pas. / This operation is for a signed-in account holder; keys and the operator’s token do not do. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Un compte existe déjà avec cette adresse. / An account with this address exists already.
                 *
                 *     Ce compte a déjà une adresse et un mot de passe. / This account has an e-mail address and a password already.
                 */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changer de mot de passe / Change the password
         * @description Ferme toutes les autres sessions. / Closes every other session.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        current_password: string;
                        /** @example deux chaises et un perchoir */
                        new_password: string;
                    };
                };
            };
            responses: {
                /** @description Changed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 *
                 *     L’adresse ou le mot de passe est faux. / The e-mail address or the password is wrong.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Cette opération est réservée au titulaire d’un compte connecté ; les clés et le jeton d’exploitation n’y suffisent pas. / This operation is for a signed-in account holder; keys and the operator’s token do not do. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce compte est celui d’un appareil ; POST /api/auth/upgrade lui donne une adresse et un mot de passe. / This is the account of a device; POST /api/auth/upgrade gives it an address and a password. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Se déconnecter / Sign out
         * @description Ferme cette session. Un compte d’appareil sans session ne peut plus être rouvert ; il est effacé après un jour. / Closes this session. A device account without a session cannot be opened again; it is erased after a day.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Signed out */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Cette opération est réservée au titulaire d’un compte connecté ; les clés et le jeton d’exploitation n’y suffisent pas. / This operation is for a signed-in account holder; keys and the operator’s token do not do. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout-everywhere": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Se déconnecter partout / Sign out everywhere
         * @description Ferme toutes les sessions du compte, celle-ci comprise. / Closes every session of the account, this one included.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Signed out everywhere */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Cette opération est réservée au titulaire d’un compte connecté ; les clés et le jeton d’exploitation n’y suffisent pas. / This operation is for a signed-in account holder; keys and the operator’s token do not do. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Toutes mes données / All my data
         * @description Tout ce que le service garde de vous (RGPD, article 20). / All that the service keeps of you (GDPR, article 20).
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description One member more for each room that keeps something of you */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "exported_at": "2026-11-22T20:04:06.001Z",
                         *       "account": {
                         *         "id": "0d6a3f0e-3d3c-4c1e-9b0a-51f8f1c8e7a2",
                         *         "kind": "password",
                         *         "email": "camille@example.org",
                         *         "role": "listener",
                         *         "scopes": [
                         *           "account",
                         *           "library"
                         *         ],
                         *         "created_at": "2026-11-02T09:15:00.000Z"
                         *       },
                         *       "sessions": [
                         *         {
                         *           "created_at": "2026-11-02T09:15:00.000Z",
                         *           "expires_at": "2027-12-07T09:15:00.000Z"
                         *         }
                         *       ],
                         *       "api_keys": [],
                         *       "library": {
                         *         "favorites": [],
                         *         "collections": [],
                         *         "positions": [],
                         *         "position_history": []
                         *       },
                         *       "extractions": [
                         *         {
                         *           "debate_id": "19502241_6ac548b948b27",
                         *           "asked_at": "2026-11-02T09:20:00.000Z"
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": {
                            /**
                             * Format: date-time
                             * @description When
                             */
                            exported_at: string;
                            account: components["schemas"]["Account"];
                            sessions: {
                                /**
                                 * Format: date-time
                                 * @description Sign-in
                                 */
                                created_at: string;
                                /**
                                 * Format: date-time
                                 * @description End, unless used again
                                 */
                                expires_at: string;
                            }[];
                            api_keys: components["schemas"]["ApiKey"][];
                        } & {
                            [key: string]: unknown;
                        };
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Cette opération est réservée au titulaire d’un compte connecté ; les clés et le jeton d’exploitation n’y suffisent pas. / This operation is for a signed-in account holder; keys and the operator’s token do not do. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Mes clés / My keys
         * @description Pour les opérateurs. / For operators.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "id": "b2b8a1f4-95a5-4a4e-8f0d-6b7c1c1a2d3e",
                         *         "name": "Prometheus",
                         *         "start": "robian",
                         *         "scopes": [
                         *           "metrics:read"
                         *         ],
                         *         "created_at": "2026-11-02T09:15:00.000Z",
                         *         "expires_at": null
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["ApiKey"][];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Une clé pour une machine / A key for a machine
         * @description Son texte n’est donné qu’ici. Non idempotent. / Its text is given here only. Not idempotent.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @example Prometheus */
                        name: string;
                        scopes: ("account" | "library" | "extraction:manage" | "health:details" | "metrics:read" | "debates:write")[];
                        /** @description Absent: until it is removed */
                        expires_in_days?: number;
                    };
                };
            };
            responses: {
                /** @description Créé / Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "id": "b2b8a1f4-95a5-4a4e-8f0d-6b7c1c1a2d3e",
                         *       "name": "Prometheus",
                         *       "start": "robian",
                         *       "scopes": [
                         *         "metrics:read"
                         *       ],
                         *       "created_at": "2026-11-02T09:15:00.000Z",
                         *       "expires_at": null,
                         *       "key": "robian_JfOlOmZmcZrmHnnSJpVwxyzABCDE"
                         *     }
                         */
                        "application/json": components["schemas"]["NewApiKey"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Ce jeton ne permet pas cette opération. / This token does not allow this operation.
                 *
                 *     Une clé ne peut pas recevoir la portée « account » d’un compte de ce rôle. / A key cannot be given the scope "account" by an account of this role.
                 */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Un compte a au plus 50 clés ; supprimez-en une. / An account has at most 50 keys; remove one. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Supprimer une clé / Remove a key
         * @description Les autres serveurs la refusent dans la minute. / Other servers refuse it within a minute.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Removed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Aucune de vos clés ne porte cet identifiant. / None of your keys has this id. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/device": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Un compte pour cet appareil / An account for this device
         * @description En un appel, sans formulaire. Non idempotent : chaque appel fait un compte. / In one call, without a form. Not idempotent: each call makes an account.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Créé / Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "account": {
                         *         "id": "0d6a3f0e-3d3c-4c1e-9b0a-51f8f1c8e7a2",
                         *         "kind": "device",
                         *         "email": null,
                         *         "role": "listener",
                         *         "scopes": [
                         *           "account",
                         *           "library"
                         *         ],
                         *         "created_at": "2026-11-02T09:15:00.000Z"
                         *       },
                         *       "access_token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwZDZhM2YwZSJ9.c2lnbmF0dXJl",
                         *       "token_type": "Bearer",
                         *       "expires_in_seconds": 600,
                         *       "refresh_token": "Jf0lO0mZ1m5cZr8mHn1nS0JpV2w3x4y5z6A7B8C9D0E",
                         *       "refresh_token_expires_at": "2027-12-07T09:15:00.000Z"
                         *     }
                         */
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Un compte avec adresse et mot de passe / An account with e-mail and password
         * @description Non idempotent. Un compte d’appareil se complète par POST /api/auth/upgrade. / Not idempotent. A device account is completed by POST /api/auth/upgrade.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * Format: email
                         * @example camille@example.org
                         */
                        email: string;
                        /** @example deux chaises et un perchoir */
                        password: string;
                    };
                };
            };
            responses: {
                /** @description Créé / Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "account": {
                         *         "id": "0d6a3f0e-3d3c-4c1e-9b0a-51f8f1c8e7a2",
                         *         "kind": "device",
                         *         "email": null,
                         *         "role": "listener",
                         *         "scopes": [
                         *           "account",
                         *           "library"
                         *         ],
                         *         "created_at": "2026-11-02T09:15:00.000Z"
                         *       },
                         *       "access_token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwZDZhM2YwZSJ9.c2lnbmF0dXJl",
                         *       "token_type": "Bearer",
                         *       "expires_in_seconds": 600,
                         *       "refresh_token": "Jf0lO0mZ1m5cZr8mHn1nS0JpV2w3x4y5z6A7B8C9D0E",
                         *       "refresh_token_expires_at": "2027-12-07T09:15:00.000Z"
                         *     }
                         */
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Un compte existe déjà avec cette adresse. / An account with this address exists already. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Se connecter / Sign in
         * @description Ouvre une session de plus. / Opens one more session.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * Format: email
                         * @example camille@example.org
                         */
                        email: string;
                        password: string;
                    };
                };
            };
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "account": {
                         *         "id": "0d6a3f0e-3d3c-4c1e-9b0a-51f8f1c8e7a2",
                         *         "kind": "device",
                         *         "email": null,
                         *         "role": "listener",
                         *         "scopes": [
                         *           "account",
                         *           "library"
                         *         ],
                         *         "created_at": "2026-11-02T09:15:00.000Z"
                         *       },
                         *       "access_token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwZDZhM2YwZSJ9.c2lnbmF0dXJl",
                         *       "token_type": "Bearer",
                         *       "expires_in_seconds": 600,
                         *       "refresh_token": "Jf0lO0mZ1m5cZr8mHn1nS0JpV2w3x4y5z6A7B8C9D0E",
                         *       "refresh_token_expires_at": "2027-12-07T09:15:00.000Z"
                         *     }
                         */
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description L’adresse ou le mot de passe est faux. / The e-mail address or the password is wrong. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Renouveler les jetons / Renew the tokens
         * @description Chaque jeton de renouvellement sert une fois ; présenté une seconde fois, il ferme la session. Avec le même en-tête Idempotency-Key, une réponse perdue peut être redemandée pendant un jour. / Each refresh token serves once; presented twice, it closes the session. With the same Idempotency-Key header a lost answer can be asked for again for a day.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A random name of this attempt: asking again with it, when the answer was lost, is not a reuse */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        refresh_token: string;
                    };
                };
            };
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "account": {
                         *         "id": "0d6a3f0e-3d3c-4c1e-9b0a-51f8f1c8e7a2",
                         *         "kind": "device",
                         *         "email": null,
                         *         "role": "listener",
                         *         "scopes": [
                         *           "account",
                         *           "library"
                         *         ],
                         *         "created_at": "2026-11-02T09:15:00.000Z"
                         *       },
                         *       "access_token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwZDZhM2YwZSJ9.c2lnbmF0dXJl",
                         *       "token_type": "Bearer",
                         *       "expires_in_seconds": 600,
                         *       "refresh_token": "Jf0lO0mZ1m5cZr8mHn1nS0JpV2w3x4y5z6A7B8C9D0E",
                         *       "refresh_token_expires_at": "2027-12-07T09:15:00.000Z"
                         *     }
                         */
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Ce jeton de renouvellement est inconnu, expiré ou révoqué : il faut se reconnecter. / This refresh token is unknown, expired or revoked: sign in again.
                 *
                 *     Ce jeton de renouvellement a déjà servi : il a pu être copié, la session est donc fermée. / This refresh token was used before: it may have been copied, so the session is closed.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/jwks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Clés publiques des jetons / Public keys of the tokens
         * @description RFC 7517. Public. / RFC 7517. Public.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "keys": [
                         *         {
                         *           "kty": "OKP",
                         *           "crv": "Ed25519",
                         *           "alg": "EdDSA",
                         *           "kid": "k1",
                         *           "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": {
                            keys: {
                                [key: string]: unknown;
                            }[];
                        };
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/favorites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Mes favoris / My favourites
         * @description Le plus récent d’abord ; total dans X-Total-Count, pages dans Link. / Newest first; total in X-Total-Count, pages in Link.
         */
        get: {
            parameters: {
                query?: {
                    /** @description From 1 */
                    page?: number;
                    per_page?: number;
                    /** @description From the Link header; replaces page */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "debate_id": "19502241_6ac548b948b27",
                         *         "added_at": "2026-11-03T20:00:00.000Z",
                         *         "debate": null
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["Favorite"][];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /**
                 * @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors".
                 *
                 *     Le paramètre « cursor » n’a pas été donné par cette liste, ou l’a été pour un autre tri. / The "cursor" parameter was not given by this list, or was given for another order.
                 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/favorites/{debate_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ajouter un favori / Add a favourite
         * @description Idempotent : 201 la première fois, 200 ensuite. / Idempotent: 201 the first time, 200 after.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /**
                     * @description Id of the debate, or any id it was known by
                     * @example 19502241_6ac548b948b27
                     */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "debate_id": "19502241_6ac548b948b27",
                         *       "added_at": "2026-11-03T20:00:00.000Z",
                         *       "debate": null
                         *     }
                         */
                        "application/json": components["schemas"]["Favorite"];
                    };
                };
                /** @description Créé / Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "debate_id": "19502241_6ac548b948b27",
                         *       "added_at": "2026-11-03T20:00:00.000Z",
                         *       "debate": null
                         *     }
                         */
                        "application/json": components["schemas"]["Favorite"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Aucun débat ne porte l’identifiant « … ». / No debate has the id "…". */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Un compte garde au plus 10 000 favoris. / An account keeps at most 10,000 favourites. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Retirer un favori / Remove a favourite
         * @description Idempotent : 204 qu’il y ait été ou non. / Idempotent: 204 whether it was there or not.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /**
                     * @description Id of the debate, or any id it was known by
                     * @example 19502241_6ac548b948b27
                     */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is not among the favourites */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Aucun débat ne porte l’identifiant « … ». / No debate has the id "…". */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Mes collections / My collections
         * @description Dans votre ordre ; total dans X-Total-Count, pages dans Link. / In your own order; total in X-Total-Count, pages in Link.
         */
        get: {
            parameters: {
                query?: {
                    /** @description From 1 */
                    page?: number;
                    per_page?: number;
                    /** @description From the Link header; replaces page */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "id": "9f6d1c1e-0d4f-4d0f-8f7a-2c8c6f6c8f10",
                         *         "name": "Budget de la sécurité sociale",
                         *         "description": "À écouter avant le vote",
                         *         "position": 1,
                         *         "debate_count": 1,
                         *         "share_url": null,
                         *         "created_at": "2026-11-02T09:15:00.000Z",
                         *         "updated_at": "2026-11-03T20:00:00.000Z"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["Collection"][];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /**
                 * @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors".
                 *
                 *     Le paramètre « cursor » n’a pas été donné par cette liste, ou l’a été pour un autre tri. / The "cursor" parameter was not given by this list, or was given for another order.
                 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Créer une collection / Create a collection
         * @description Elle se range après les autres. Non idempotent. / It goes after the others. Not idempotent.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @example Budget de la sécurité sociale */
                        name: string;
                        /** @example À écouter avant le vote */
                        description?: string;
                    };
                };
            };
            responses: {
                /** @description Créé / Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "id": "9f6d1c1e-0d4f-4d0f-8f7a-2c8c6f6c8f10",
                         *       "name": "Budget de la sécurité sociale",
                         *       "description": "À écouter avant le vote",
                         *       "position": 1,
                         *       "debate_count": 1,
                         *       "share_url": null,
                         *       "created_at": "2026-11-02T09:15:00.000Z",
                         *       "updated_at": "2026-11-03T20:00:00.000Z"
                         *     }
                         */
                        "application/json": components["schemas"]["Collection"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Un compte garde au plus 500 collections. / An account keeps at most 500 collections. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/collections/{collection_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Une collection et ses débats / A collection and its debates
         * @description Dans l’ordre de la collection. / In the collection’s order.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    collection_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "id": "9f6d1c1e-0d4f-4d0f-8f7a-2c8c6f6c8f10",
                         *       "name": "Budget de la sécurité sociale",
                         *       "description": "À écouter avant le vote",
                         *       "position": 1,
                         *       "debate_count": 1,
                         *       "share_url": null,
                         *       "created_at": "2026-11-02T09:15:00.000Z",
                         *       "updated_at": "2026-11-03T20:00:00.000Z",
                         *       "debates": [
                         *         {
                         *           "debate_id": "19502241_6ac548b948b27",
                         *           "position": 1,
                         *           "added_at": "2026-11-03T20:00:00.000Z",
                         *           "debate": null
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["CollectionWithDebates"];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Aucune de vos collections ne porte cet identifiant. / None of your collections has this id. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Renommer, décrire, déplacer / Rename, describe, move
         * @description Ce qui n’est pas dit reste. Idempotent. / What is not said stays. Idempotent.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    collection_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @example Budget de la sécurité sociale */
                        name?: string;
                        /** @example À écouter avant le vote */
                        description?: string;
                        /** @description Among your collections; beyond the end: the end */
                        position?: number;
                    };
                };
            };
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "id": "9f6d1c1e-0d4f-4d0f-8f7a-2c8c6f6c8f10",
                         *       "name": "Budget de la sécurité sociale",
                         *       "description": "À écouter avant le vote",
                         *       "position": 1,
                         *       "debate_count": 1,
                         *       "share_url": null,
                         *       "created_at": "2026-11-02T09:15:00.000Z",
                         *       "updated_at": "2026-11-03T20:00:00.000Z"
                         *     }
                         */
                        "application/json": components["schemas"]["Collection"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Aucune de vos collections ne porte cet identifiant. / None of your collections has this id. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /**
         * Supprimer une collection / Remove a collection
         * @description Son lien de partage cesse aussitôt. / Its link stops at once.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    collection_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Removed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Aucune de vos collections ne porte cet identifiant. / None of your collections has this id. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/collections/{collection_id}/share": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Partager par un lien / Share by a link
         * @description Le lien ne se devine pas et ne dit rien de vous. Idempotent : le même lien tant qu’elle est partagée. / The link cannot be guessed and says nothing of you. Idempotent: the same link while it is shared.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    collection_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "id": "9f6d1c1e-0d4f-4d0f-8f7a-2c8c6f6c8f10",
                         *       "name": "Budget de la sécurité sociale",
                         *       "description": "À écouter avant le vote",
                         *       "position": 1,
                         *       "debate_count": 1,
                         *       "share_url": null,
                         *       "created_at": "2026-11-02T09:15:00.000Z",
                         *       "updated_at": "2026-11-03T20:00:00.000Z"
                         *     }
                         */
                        "application/json": components["schemas"]["Collection"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Aucune de vos collections ne porte cet identifiant. / None of your collections has this id. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Cesser de partager / Stop sharing
         * @description Le lien cesse aussitôt ; un partage ultérieur en fait un autre. Idempotent. / The link stops at once; sharing again makes another. Idempotent.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    collection_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "id": "9f6d1c1e-0d4f-4d0f-8f7a-2c8c6f6c8f10",
                         *       "name": "Budget de la sécurité sociale",
                         *       "description": "À écouter avant le vote",
                         *       "position": 1,
                         *       "debate_count": 1,
                         *       "share_url": null,
                         *       "created_at": "2026-11-02T09:15:00.000Z",
                         *       "updated_at": "2026-11-03T20:00:00.000Z"
                         *     }
                         */
                        "application/json": components["schemas"]["Collection"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Aucune de vos collections ne porte cet identifiant. / None of your collections has this id. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/shared/collections/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Une collection partagée / A shared collection
         * @description Public, pour qui a le lien ; rien n’y dit de qui elle est. / Public, for who has the link; nothing in it says whose it is.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    token: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "name": "Budget de la sécurité sociale",
                         *       "description": "À écouter avant le vote",
                         *       "updated_at": "2026-11-03T20:00:00.000Z",
                         *       "debates": [
                         *         {
                         *           "debate_id": "19502241_6ac548b948b27",
                         *           "position": 1,
                         *           "added_at": "2026-11-03T20:00:00.000Z",
                         *           "debate": null
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["SharedCollection"];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce lien n’existe pas, ou la collection n’est plus partagée. / This link does not exist, or the collection is no longer shared. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/collections/{collection_id}/debates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ajouter un débat / Add a debate
         * @description À la fin. Idempotent : 201 la première fois, 200 ensuite. / At the end. Idempotent: 201 the first time, 200 after.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    collection_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description Id of the debate, or any id it was known by
                         * @example 19502241_6ac548b948b27
                         */
                        debate_id: string;
                    };
                };
            };
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "debate_id": "19502241_6ac548b948b27",
                         *       "position": 1,
                         *       "added_at": "2026-11-03T20:00:00.000Z",
                         *       "debate": null
                         *     }
                         */
                        "application/json": components["schemas"]["CollectionEntry"];
                    };
                };
                /** @description Créé / Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "debate_id": "19502241_6ac548b948b27",
                         *       "position": 1,
                         *       "added_at": "2026-11-03T20:00:00.000Z",
                         *       "debate": null
                         *     }
                         */
                        "application/json": components["schemas"]["CollectionEntry"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Aucune de vos collections ne porte cet identifiant. / None of your collections has this id.
                 *
                 *     Aucun débat ne porte l’identifiant « … ». / No debate has the id "…".
                 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une collection garde au plus 2 000 débats, et toutes ensemble 20 000. / A collection keeps at most 2,000 debates, and all together 20,000. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/collections/{collection_id}/debates/{debate_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Déplacer un débat / Move a debate
         * @description Les autres gardent leur ordre. Idempotent. / The others keep their order. Idempotent.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    collection_id: string;
                    /**
                     * @description Id of the debate, or any id it was known by
                     * @example 19502241_6ac548b948b27
                     */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Beyond the end: the end */
                        position: number;
                    };
                };
            };
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "debate_id": "19502241_6ac548b948b27",
                         *       "position": 1,
                         *       "added_at": "2026-11-03T20:00:00.000Z",
                         *       "debate": null
                         *     }
                         */
                        "application/json": components["schemas"]["CollectionEntry"];
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Aucune de vos collections ne porte cet identifiant. / None of your collections has this id.
                 *
                 *     La collection ne contient pas ce débat. / The collection does not hold this debate.
                 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /**
         * Retirer un débat / Remove a debate
         * @description Idempotent : 204 qu’il y ait été ou non. / Idempotent: 204 whether it was there or not.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    collection_id: string;
                    /**
                     * @description Id of the debate, or any id it was known by
                     * @example 19502241_6ac548b948b27
                     */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is not in the collection */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Aucune de vos collections ne porte cet identifiant. / None of your collections has this id. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/positions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Où j’en suis / Where I am
         * @description Ce qui a changé en dernier vient en dernier : un appareil reprend par updated_since au dernier updated_at qu’il connaît. / What changed last comes last: a device goes on with updated_since at the last updated_at it knows.
         */
        get: {
            parameters: {
                query?: {
                    /** @description From 1 */
                    page?: number;
                    per_page?: number;
                    /** @description From the Link header; replaces page */
                    cursor?: string;
                    /**
                     * @description Only those that changed at that time or later
                     * @example 2026-11-22T21:04:05.250+01:00
                     */
                    updated_since?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "debate_id": "19502241_6ac548b948b27",
                         *         "position_ms": 1830250,
                         *         "duration_ms": 9999000,
                         *         "finished": false,
                         *         "device_id": "pixel-9-camille",
                         *         "recorded_at": "2026-11-22T21:04:05.250+01:00",
                         *         "heard_at": "2026-11-22T20:04:05.250Z",
                         *         "furthest_ms": 4000000,
                         *         "finished_at": null,
                         *         "updated_at": "2026-11-22T20:04:06.001Z"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["Position"][];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /**
                 * @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors".
                 *
                 *     Le paramètre « cursor » n’a pas été donné par cette liste, ou l’a été pour un autre tri. / The "cursor" parameter was not given by this list, or was given for another order.
                 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Dire où j’en suis / Say where I am
         * @description En lot, d’un ou plusieurs appareils, dans n’importe quel ordre et autant de fois qu’on veut : ni le plus récent ni le plus avancé ne se perd (règle dans docs/POSITIONS.md). Idempotent. / In a batch, from one or several devices, in any order and as often as one likes: neither the latest nor the furthest is lost (rule in docs/POSITIONS.md). Idempotent.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        positions: {
                            /**
                             * @description Id of the debate, or any id it was known by
                             * @example 19502241_6ac548b948b27
                             */
                            debate_id: string;
                            /** @description On the audio clock; beyond duration_ms means the end */
                            position_ms: number;
                            /** @description Of the audio, where the device knows it */
                            duration_ms?: number;
                            /** @description Chosen by the device, the same each time */
                            device_id: string;
                            /**
                             * Format: date-time
                             * @description When it was there, by its own clock
                             * @example 2026-11-22T21:04:05.250+01:00
                             */
                            recorded_at: string;
                            /**
                             * @description Heard to the end
                             * @default false
                             */
                            finished?: boolean;
                        }[];
                    };
                };
            };
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "positions": [
                         *         {
                         *           "debate_id": "19502241_6ac548b948b27",
                         *           "position_ms": 1830250,
                         *           "duration_ms": 9999000,
                         *           "finished": false,
                         *           "device_id": "pixel-9-camille",
                         *           "recorded_at": "2026-11-22T21:04:05.250+01:00",
                         *           "heard_at": "2026-11-22T20:04:05.250Z",
                         *           "furthest_ms": 4000000,
                         *           "finished_at": null,
                         *           "updated_at": "2026-11-22T20:04:06.001Z"
                         *         }
                         *       ],
                         *       "unknown_debate_ids": [
                         *         "19500000_000000000000a"
                         *       ]
                         *     }
                         */
                        "application/json": {
                            /** @description What is now known of each debate of the batch */
                            positions: components["schemas"]["Position"][];
                            /** @description These name no debate and were left out */
                            unknown_debate_ids: string[];
                        };
                    };
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Un compte garde sa position dans au plus 10 000 débats. / An account keeps its position in at most 10,000 debates. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps de la requête dépasse la taille admise. / The body is over the size allowed. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Le corps doit être en application/json. / The body must be application/json. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/positions/{debate_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Où j’en suis dans un débat / Where I am in a debate
         * @description Avec ce que les appareils ont dit en dernier. / With what devices said last.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /**
                     * @description Id of the debate, or any id it was known by
                     * @example 19502241_6ac548b948b27
                     */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "debate_id": "19502241_6ac548b948b27",
                         *       "position_ms": 1830250,
                         *       "duration_ms": 9999000,
                         *       "finished": false,
                         *       "device_id": "pixel-9-camille",
                         *       "recorded_at": "2026-11-22T21:04:05.250+01:00",
                         *       "heard_at": "2026-11-22T20:04:05.250Z",
                         *       "furthest_ms": 4000000,
                         *       "finished_at": null,
                         *       "updated_at": "2026-11-22T20:04:06.001Z",
                         *       "history": [
                         *         {
                         *           "position_ms": 1830250,
                         *           "finished": false,
                         *           "device_id": "pixel-9-camille",
                         *           "recorded_at": "2026-11-22T21:04:05.250+01:00",
                         *           "heard_at": "2026-11-22T20:04:05.250Z"
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["PositionWithHistory"];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Aucune position n’est connue dans ce débat. / No position is known in this debate.
                 *
                 *     Aucun débat ne porte l’identifiant « … ». / No debate has the id "…".
                 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stats/trending": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Les plus écoutés en ce moment / Most listened to now
         * @description Par un score où chaque écoute perd la moitié de son poids en une demi-fenêtre. / By a score in which each play loses half its weight in half the window.
         */
        get: {
            parameters: {
                query?: {
                    /** @description A play loses half its weight in half of it */
                    window?: "day" | "week" | "month";
                    per_page?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "rank": 1,
                         *         "score": 37.2,
                         *         "plays": 412,
                         *         "debate": {
                         *           "id": "19502241_6ac548b948b27",
                         *           "title": "2ème séance : questions sociales et santé",
                         *           "type": "seance_publique",
                         *           "status": "disponible",
                         *           "date": "2026-10-06",
                         *           "start_time": "2026-10-06T21:15:05+02:00",
                         *           "duration_seconds": 9999,
                         *           "commission": null,
                         *           "thumbnail_url": null,
                         *           "has_audio": true
                         *         }
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["TrendingDebate"][];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stats/global": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * En tout / All in all
         * @description Des nombres seulement. / Counts only.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "debates": 9840,
                         *       "hours": 21450.5,
                         *       "extractions": 9912,
                         *       "views": 48211,
                         *       "plays": 17530,
                         *       "listeners": {
                         *         "today": 312,
                         *         "most_in_a_day": 1904
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["GlobalStats"];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stats/user": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Mon écoute / My listening
         * @description D’après les positions de mes appareils. Portée : library. / From the positions of my devices. Scope: library.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "listened_seconds": 51240,
                         *       "debates": 14,
                         *       "debates_finished": 6,
                         *       "days": 11,
                         *       "current_streak_days": 3,
                         *       "longest_streak_days": 5,
                         *       "speakers": [
                         *         {
                         *           "speaker_id": "PA9900001",
                         *           "name": "Mme Hélène Vautrain",
                         *           "listened_seconds": 4215,
                         *           "debates": 3
                         *         }
                         *       ],
                         *       "commissions": [
                         *         {
                         *           "name": "Commission des finances",
                         *           "listened_seconds": 9120,
                         *           "debates": 2
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["UserStats"];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debates/{debate_id}/chapters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Chapitres / Chapters
         * @description L’arbre des chapitres sur l’horloge de l’enregistrement, suspensions comprises. Avec Accept: application/json+chapters, les chapitres Podcasting 2.0. / The tree of chapters on the clock of the recording, suspensions included. With Accept: application/json+chapters, Podcasting 2.0 chapters.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id of the debate, or any id it was known by */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The tree, or the list that podcast players know */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "debate_id": "19502241_6ac548b948b27",
                         *       "sitting_starts_at_ms": 894000,
                         *       "sitting_start_origin": "record",
                         *       "chapters": [
                         *         {
                         *           "id": "2",
                         *           "label": "Discussion générale",
                         *           "typed_label": "DISCUSSION GENERALE",
                         *           "kind": "text",
                         *           "starts_at_ms": 894000,
                         *           "ends_at_ms": 3600000,
                         *           "is_skippable": false,
                         *           "speakers": [],
                         *           "children": [
                         *             {
                         *               "id": "3",
                         *               "label": "Mme Hélène Vautrain, rapporteure",
                         *               "typed_label": "Mme VAUTRAIN",
                         *               "kind": "intervention",
                         *               "starts_at_ms": 1800000,
                         *               "ends_at_ms": 2160000,
                         *               "is_skippable": false,
                         *               "speakers": [
                         *                 {
                         *                   "id": "PA9900001",
                         *                   "name": "Mme Hélène Vautrain",
                         *                   "role": "rapporteure"
                         *                 }
                         *               ],
                         *               "children": []
                         *             }
                         *           ]
                         *         }
                         *       ],
                         *       "attribution": {
                         *         "name": "Assemblée nationale",
                         *         "url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27"
                         *       }
                         *     }
                         */
                        "application/json": {
                            debate_id: string;
                            sitting_starts_at_ms: number | null;
                            sitting_start_origin: ("player" | "record" | "captions" | "silence") | null;
                            chapters: components["schemas"]["Chapter"][];
                            attribution: {
                                name: string;
                                url: string | null;
                            };
                        };
                        /** @example {"version":"1.2.0","title":"2ème séance : Protection des sources et des petites rivières","chapters":[{"startTime":0,"title":"Avant la séance"},{"startTime":894,"title":"Discussion générale"},{"startTime":1800,"title":"Mme Hélène Vautrain, rapporteure"}]} */
                        "application/json+chapters": string;
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Aucun débat ne porte l’identifiant « 19502241_6ac548b948b27 ». / No debate has the id "19502241_6ac548b948b27". */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debates/{debate_id}/transcript": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ce qui a été dit / What was said
         * @description Les phrases sur l’horloge de l’enregistrement. Le compte rendu est édité : ce n’est pas un verbatim. Avec q, seulement les phrases qui répondent. / Sentences on the clock of the recording. The record is edited, it is not verbatim. With q, only the sentences that hold it.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Words, "phrases", -exclusions, beginnings*; accents and endings ignored */
                    q?: string;
                };
                header?: never;
                path: {
                    /** @description Id of the debate, or any id it was known by */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "debate_id": "19502241_6ac548b948b27",
                         *       "notice": "Compte rendu édité par l’Assemblée nationale : ce n’est pas un verbatim.\nRecord edited by the Assemblée nationale: it is not verbatim.\nSource : Assemblée nationale, https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
                         *       "word_source": "record",
                         *       "timed_share": 0.98,
                         *       "cues": [
                         *         {
                         *           "position": 12,
                         *           "starts_at_ms": 1830250,
                         *           "ends_at_ms": 1834900,
                         *           "kind": "speech",
                         *           "speaker": {
                         *             "id": "PA9900001",
                         *             "name": "Mme Hélène Vautrain",
                         *             "role": "rapporteure",
                         *             "group_id": "PO9900001",
                         *             "is_chair": false
                         *           },
                         *           "text": "Chaque source compte, et la plus petite n’est pas la moins utile.",
                         *           "source": "record"
                         *         }
                         *       ],
                         *       "attribution": {
                         *         "name": "Assemblée nationale",
                         *         "url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27"
                         *       }
                         *     }
                         */
                        "application/json": {
                            debate_id: string;
                            /** @description Says that the record is edited, not verbatim, and names its source */
                            notice: string;
                            /** @enum {string} */
                            word_source: "record" | "captions" | "record+captions";
                            /** @description Share of what was said that has a time */
                            timed_share: number;
                            cues: {
                                position: number;
                                starts_at_ms: number | null;
                                ends_at_ms: number | null;
                                /** @enum {string} */
                                kind: "speech" | "interruption" | "stage-direction" | "vote" | "suspension" | "heading";
                                speaker: {
                                    id: string | null;
                                    name: string;
                                    role: string | null;
                                    group_id: string | null;
                                    /** @description Speaks from the chair */
                                    is_chair: boolean;
                                } | null;
                                text: string;
                                /** @description With q: escaped, found words in <mark> */
                                snippet_html?: string;
                                /** @enum {string} */
                                source: "record" | "captions";
                            }[];
                            attribution: {
                                name: string;
                                url: string | null;
                            };
                        };
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Aucun débat ne porte l’identifiant « 19502241_6ac548b948b27 ». / No debate has the id "19502241_6ac548b948b27".
                 *
                 *     Rien de ce qui a été dit dans « 19502241_6ac548b948b27 » n’est publié pour l’instant. / Nothing of what was said in "19502241_6ac548b948b27" has been published so far.
                 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debates/{debate_id}/transcript.vtt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ce qui a été dit, en vtt / What was said, as vtt
         * @description Le compte rendu est édité : ce n’est pas un verbatim. / The record is edited, it is not verbatim.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id of the debate, or any id it was known by */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The transcript */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example WEBVTT
                         *
                         *     NOTE
                         *     Compte rendu édité par l’Assemblée nationale : ce n’est pas un verbatim.
                         *     Record edited by the Assemblée nationale: it is not verbatim.
                         *     Source : Assemblée nationale, https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27
                         *
                         *     1
                         *     00:30:30.250 --> 00:30:34.900
                         *     <v Mme Hélène Vautrain>Chaque source compte, et la plus petite n’est pas la moins utile.
                         */
                        "text/vtt": string;
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Aucun débat ne porte l’identifiant « 19502241_6ac548b948b27 ». / No debate has the id "19502241_6ac548b948b27".
                 *
                 *     Rien de ce qui a été dit dans « 19502241_6ac548b948b27 » n’est publié pour l’instant. / Nothing of what was said in "19502241_6ac548b948b27" has been published so far.
                 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debates/{debate_id}/transcript.srt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ce qui a été dit, en srt / What was said, as srt
         * @description Le compte rendu est édité : ce n’est pas un verbatim. / The record is edited, it is not verbatim.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id of the debate, or any id it was known by */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The transcript */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example 1
                         *     00:30:30,250 --> 00:30:34,900
                         *     Mme Hélène Vautrain : Chaque source compte, et la plus petite n’est pas la moins utile.
                         */
                        "application/x-subrip": string;
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Aucun débat ne porte l’identifiant « 19502241_6ac548b948b27 ». / No debate has the id "19502241_6ac548b948b27".
                 *
                 *     Rien de ce qui a été dit dans « 19502241_6ac548b948b27 » n’est publié pour l’instant. / Nothing of what was said in "19502241_6ac548b948b27" has been published so far.
                 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debates/{debate_id}/transcript.txt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ce qui a été dit, en txt / What was said, as txt
         * @description Le compte rendu est édité : ce n’est pas un verbatim. / The record is edited, it is not verbatim.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id of the debate, or any id it was known by */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The transcript */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example Compte rendu édité par l’Assemblée nationale : ce n’est pas un verbatim.
                         *     Record edited by the Assemblée nationale: it is not verbatim.
                         *     Source : Assemblée nationale, https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27
                         *
                         *     Mme Hélène Vautrain (0:30:30) : Chaque source compte, et la plus petite n’est pas la moins utile.
                         */
                        "text/plain": string;
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Aucun débat ne porte l’identifiant « 19502241_6ac548b948b27 ». / No debate has the id "19502241_6ac548b948b27".
                 *
                 *     Rien de ce qui a été dit dans « 19502241_6ac548b948b27 » n’est publié pour l’instant. / Nothing of what was said in "19502241_6ac548b948b27" has been published so far.
                 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/debates/{debate_id}/speaking-time": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Temps de parole / Speaking time
         * @description Par personne et par groupe, d’après le compte rendu. / By person and by group, from the record.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id of the debate, or any id it was known by */
                    debate_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "debate_id": "19502241_6ac548b948b27",
                         *       "rule": "Une phrase compte de son début à sa fin… / A sentence counts from its start to its end…",
                         *       "total_speaking_ms": 8400000,
                         *       "timed_share": 0.98,
                         *       "people": [
                         *         {
                         *           "id": "PA9900001",
                         *           "name": "Mme Hélène Vautrain",
                         *           "group_id": "PO9900001",
                         *           "speaking_ms": 1260000,
                         *           "interrupting_ms": 9000,
                         *           "chairing_ms": 0,
                         *           "turns": 14
                         *         }
                         *       ],
                         *       "groups": [
                         *         {
                         *           "group_id": "PO9900001",
                         *           "speaking_ms": 2040000,
                         *           "people": 3
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": {
                            debate_id: string;
                            rule: string;
                            /** @description All that was said and timed, the chair included */
                            total_speaking_ms: number;
                            /** @description Below 1 every time is too low */
                            timed_share: number;
                            people: {
                                id: string | null;
                                name: string;
                                group_id: string | null;
                                speaking_ms: number;
                                /** @description Part of speaking_ms */
                                interrupting_ms: number;
                                /** @description No part of speaking_ms */
                                chairing_ms: number;
                                turns: number;
                            }[];
                            groups: {
                                group_id: string | null;
                                speaking_ms: number;
                                people: number;
                            }[];
                        };
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Aucun débat ne porte l’identifiant « 19502241_6ac548b948b27 ». / No debate has the id "19502241_6ac548b948b27".
                 *
                 *     Rien de ce qui a été dit dans « 19502241_6ac548b948b27 » n’est publié pour l’instant. / Nothing of what was said in "19502241_6ac548b948b27" has been published so far.
                 */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/search/speech": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Chercher dans ce qui a été dit / Search what was said
         * @description Des moments, du plus récent au plus ancien, chacun avec l’adresse où l’écouter. X-Total-Count compte jusqu’à 1000. / Moments, newest first, each with the address to listen at. X-Total-Count counts up to 1000.
         */
        get: {
            parameters: {
                query: {
                    page?: number;
                    per_page?: number;
                    /** @description From the Link header; replaces page */
                    cursor?: string;
                    /** @description Words, "phrases", -exclusions, beginnings*; accents and endings ignored */
                    q: string;
                    /** @description PA… */
                    speaker_id?: string;
                    /** @description PO… */
                    group?: string;
                    /** @description Part of the name */
                    commission?: string;
                    type?: ("seance_publique" | "commission" | "audition" | "question_gouvernement" | "autre")[];
                    debate_id?: string;
                    /** @description Paris day, included */
                    date_start?: string;
                    /** @description Paris day, included */
                    date_end?: string;
                    /** @description Newest first by default */
                    sort_order?: "desc" | "asc";
                    group_by?: "debate";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Moments; with group_by=debate, debates with their first moments */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": ({
                            debate: {
                                id: string;
                                title: string;
                                /** Format: date */
                                date: string;
                                /** @enum {string} */
                                type: "seance_publique" | "commission" | "audition" | "question_gouvernement" | "autre";
                                commission: string | null;
                            };
                            position: number;
                            starts_at_ms: number | null;
                            ends_at_ms: number | null;
                            speaker: {
                                id: string | null;
                                name: string;
                                role: string | null;
                                group_id: string | null;
                                /** @description Speaks from the chair */
                                is_chair: boolean;
                            } | null;
                            kind: string;
                            /** @enum {string} */
                            source: "record" | "captions";
                            text: string;
                            /** @description The sentence, escaped, found words in <mark> */
                            snippet_html: string;
                            before: string | null;
                            after: string | null;
                            listen_url: string | null;
                        } | {
                            debate: {
                                id: string;
                                title: string;
                                /** Format: date */
                                date: string;
                                /** @enum {string} */
                                type: "seance_publique" | "commission" | "audition" | "question_gouvernement" | "autre";
                                commission: string | null;
                            };
                            hits: number;
                            /** @description False: at least that many */
                            hits_exact: boolean;
                            moments: {
                                position: number;
                                starts_at_ms: number | null;
                                ends_at_ms: number | null;
                                speaker: {
                                    id: string | null;
                                    name: string;
                                    role: string | null;
                                    group_id: string | null;
                                    /** @description Speaks from the chair */
                                    is_chair: boolean;
                                } | null;
                                kind: string;
                                /** @enum {string} */
                                source: "record" | "captions";
                                text: string;
                                /** @description The sentence, escaped, found words in <mark> */
                                snippet_html: string;
                                before: string | null;
                                after: string | null;
                                listen_url: string | null;
                            }[];
                        })[];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /**
                 * @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors".
                 *
                 *     Le paramètre « cursor » n’a pas été donné par cette liste, ou l’a été pour un autre tri. / The "cursor" parameter was not given by this list, or was given for another order.
                 *
                 *     « date_start » est après « date_end ». / "date_start" is after "date_end".
                 *
                 *     Avec « group_by », la page suivante se demande par le « cursor » de l’en-tête Link, pas par « page ». / With "group_by" the next page is asked by the "cursor" of the Link header, not by "page".
                 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Aucun débat ne porte l’identifiant « 19502241_6ac548b948b27 ». / No debate has the id "19502241_6ac548b948b27". */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Trop de recherches attendent déjà ; réessayez dans un instant. / Too many searches are waiting already; try again in a moment. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/search/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Suggestions / Suggestions
         * @description Personnes qui ont parlé et sujets dont on a parlé, pour un début de saisie. / People who spoke and subjects spoken of, for what is typed so far.
         */
        get: {
            parameters: {
                query: {
                    /** @description Words, "phrases", -exclusions, beginnings*; accents and endings ignored */
                    q: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "people": [
                         *         {
                         *           "id": "PA9900001",
                         *           "name": "Mme Hélène Vautrain"
                         *         }
                         *       ],
                         *       "subjects": [
                         *         "Protection des sources et des petites rivières"
                         *       ]
                         *     }
                         */
                        "application/json": {
                            people: {
                                id: string;
                                name: string;
                            }[];
                            subjects: string[];
                        };
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/speakers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Les personnes / People
         * @description Députés, ministres et invités, par nom ; q ignore les accents. / Deputies, ministers and guests, by name; q ignores accents.
         */
        get: {
            parameters: {
                query?: {
                    /** @description From 1 */
                    page?: number;
                    per_page?: number;
                    /** @description From the Link header; replaces page */
                    cursor?: string;
                    /** @description Words, "phrases", -exclusions, beginnings*; accents and endings ignored */
                    q?: string;
                    /** @description PO… */
                    group?: string;
                    /** @description Sits in the Assembly today */
                    in_office?: boolean;
                    /** @description Spoke in a debate known here */
                    has_speeches?: boolean;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "id": "PA9900001",
                         *         "name": "Hélène Vautrain",
                         *         "civility": "Mme",
                         *         "first_name": "Hélène",
                         *         "last_name": "Vautrain",
                         *         "role": null,
                         *         "in_directory": true,
                         *         "in_office": true,
                         *         "group": {
                         *           "id": "PO9900001",
                         *           "name": "Groupe des rivières",
                         *           "short_name": "RIV",
                         *           "color": "#313567"
                         *         },
                         *         "constituency": {
                         *           "department": "Jura",
                         *           "department_code": "39",
                         *           "number": 2
                         *         }
                         *       }
                         *     ]
                         */
                        "application/json": {
                            id: string;
                            name: string;
                            civility: string | null;
                            first_name: string;
                            last_name: string;
                            role: string | null;
                            /** @description Known to the open data; false for guests and most ministers */
                            in_directory: boolean;
                            in_office: boolean;
                            group: {
                                /** @description PO… */
                                id: string;
                                name: string | null;
                                short_name: string | null;
                                color: string | null;
                            } | null;
                            constituency: {
                                department: string | null;
                                department_code: string | null;
                                number: number | null;
                            } | null;
                        }[];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /**
                 * @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors".
                 *
                 *     Le paramètre « cursor » n’a pas été donné par cette liste, ou l’a été pour un autre tri. / The "cursor" parameter was not given by this list, or was given for another order.
                 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/speakers/{speaker_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Une personne / One person
         * @description Avec ses groupes et commissions dans le temps, et ses temps de parole. / With groups and commissions over time, and speaking times.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description PA… or nom-… */
                    speaker_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "id": "PA9900001",
                         *       "name": "Hélène Vautrain",
                         *       "civility": "Mme",
                         *       "first_name": "Hélène",
                         *       "last_name": "Vautrain",
                         *       "role": null,
                         *       "in_directory": true,
                         *       "in_office": true,
                         *       "group": {
                         *         "id": "PO9900001",
                         *         "name": "Groupe des rivières",
                         *         "short_name": "RIV",
                         *         "color": "#313567"
                         *       },
                         *       "constituency": {
                         *         "department": "Jura",
                         *         "department_code": "39",
                         *         "number": 2
                         *       },
                         *       "memberships": [
                         *         {
                         *           "organ_id": "PO9900001",
                         *           "organ_type": "GP",
                         *           "name": "Groupe des rivières",
                         *           "short_name": "RIV",
                         *           "color": "#313567",
                         *           "role": "Membre",
                         *           "legislature": 17,
                         *           "starts_on": "2024-07-19",
                         *           "ends_on": null
                         *         }
                         *       ],
                         *       "stats": {
                         *         "debates": 12,
                         *         "speeches": 87,
                         *         "speaking_ms": 9840000,
                         *         "interrupting_ms": 61000,
                         *         "chairing_ms": 0,
                         *         "turns": 143
                         *       }
                         *     }
                         */
                        "application/json": {
                            id: string;
                            name: string;
                            civility: string | null;
                            first_name: string;
                            last_name: string;
                            role: string | null;
                            /** @description Known to the open data; false for guests and most ministers */
                            in_directory: boolean;
                            in_office: boolean;
                            group: {
                                /** @description PO… */
                                id: string;
                                name: string | null;
                                short_name: string | null;
                                color: string | null;
                            } | null;
                            constituency: {
                                department: string | null;
                                department_code: string | null;
                                number: number | null;
                            } | null;
                            /** @description Groups, commissions and offices, latest first */
                            memberships: {
                                organ_id: string;
                                /** @description GP, COMPER, ASSEMBLEE, GOUVERNEMENT… as published */
                                organ_type: string;
                                name: string | null;
                                short_name: string | null;
                                color: string | null;
                                role: string | null;
                                legislature: number | null;
                                starts_on: string | null;
                                ends_on: string | null;
                            }[];
                            stats: {
                                /** @description With words of this person in their record */
                                debates: number;
                                speeches: number;
                                speaking_ms: number;
                                /** @description Part of speaking_ms */
                                interrupting_ms: number;
                                /** @description No part of speaking_ms */
                                chairing_ms: number;
                                turns: number;
                            };
                        };
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Personne ne porte l’identifiant « PA9900001 ». / Nobody has the id "PA9900001". */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/speakers/{speaker_id}/speeches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ses interventions / Their speeches
         * @description Des moments à écouter, du plus récent au plus ancien ; d’après le compte rendu, ou à défaut les chapitres. / Moments to listen to, newest first; from the record, or failing that from chapters.
         */
        get: {
            parameters: {
                query?: {
                    /** @description From 1 */
                    page?: number;
                    per_page?: number;
                    /** @description From the Link header; replaces page */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description PA… or nom-… */
                    speaker_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "debate": {
                         *           "id": "19502241_6ac548b948b27",
                         *           "title": "2ème séance : Protection des sources et des petites rivières",
                         *           "type": "seance_publique",
                         *           "date": "2026-10-06",
                         *           "commission": null
                         *         },
                         *         "position": 3,
                         *         "speaker": {
                         *           "id": "PA9900001",
                         *           "name": "Mme Hélène Vautrain",
                         *           "role": "rapporteure",
                         *           "group_id": "PO9900001"
                         *         },
                         *         "subject": "Discussion générale",
                         *         "starts_at_ms": 1830250,
                         *         "ends_at_ms": 1834900,
                         *         "speaking_ms": 4650,
                         *         "beginning": "Chaque source compte, et la plus petite n’est pas la moins utile.",
                         *         "source": "record",
                         *         "listen_url": "https://robian.example/api/streaming/19502241_6ac548b948b27/stream#t=1830"
                         *       }
                         *     ]
                         */
                        "application/json": {
                            debate: {
                                id: string;
                                title: string;
                                /** Format: date */
                                date: string;
                                /** @enum {string} */
                                type: "seance_publique" | "commission" | "audition" | "question_gouvernement" | "autre";
                                commission: string | null;
                            };
                            position: number;
                            speaker: {
                                id: string;
                                name: string;
                                role: string | null;
                                group_id: string | null;
                            };
                            subject: string | null;
                            starts_at_ms: number | null;
                            ends_at_ms: number | null;
                            speaking_ms: number | null;
                            beginning: string | null;
                            /** @enum {string} */
                            source: "record" | "chapters";
                            listen_url: string | null;
                        }[];
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /**
                 * @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors".
                 *
                 *     Le paramètre « cursor » n’a pas été donné par cette liste, ou l’a été pour un autre tri. / The "cursor" parameter was not given by this list, or was given for another order.
                 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Personne ne porte l’identifiant « PA9900001 ». / Nobody has the id "PA9900001". */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/export/speeches.ndjson": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Toutes les interventions / All speeches
         * @description Une intervention par ligne avec son texte édité, débat par débat dans l’ordre de leur dernier changement ; la première ligne dit la licence et la source. / One speech a line with its edited text, debate by debate in the order of their last change; the first line tells the licence and the source.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only what has changed since, included */
                    updated_since?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A speech a line */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {"type":"header","kind":"speeches","licence":"Licence Ouverte / Open Licence (Etalab)…",…}
                         *     {"debate_id":"19502241_6ac548b948b27","date":"2026-10-06","position":3,"speaker":{"id":"PA9900001","name":"Mme Hélène Vautrain","role":"rapporteure","group_id":"PO9900001"},"text":"Chaque source compte, et la plus petite n’est pas la moins utile.","listen_url":"https://robian.example/api/streaming/19502241_6ac548b948b27/stream#t=1830"}
                         */
                        "application/x-ndjson": string;
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Les nouvelles par WebSocket / The news by WebSocket
         * @description Messages JSON {type, channel, data, id, timestamp} ; le client envoie subscribe, unsubscribe, ping. / JSON messages {type, channel, data, id, timestamp}; the client sends subscribe, unsubscribe, ping.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce site n’est pas autorisé à ouvrir une connexion. / This site is not allowed to open a connection. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Cette adresse ne parle que WebSocket ; /api/events donne les mêmes nouvelles en HTTP. / This address speaks WebSocket only; /api/events gives the same news over HTTP. */
                426: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Trop de connexions sont ouvertes, d’ici ou en tout ; réessayez plus tard. / Too many connections are open, from here or altogether; try again later. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Les nouvelles en flux / The news as a stream
         * @description Les mêmes messages en text/event-stream ; Last-Event-ID reprend où l’on était. / The same messages as text/event-stream; Last-Event-ID resumes where one was.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Séparés par des virgules / Separated by commas: debates, debate:{id}, extractions, live, system, user */
                    channels?: string;
                    /** @description Comme Last-Event-ID / Like Last-Event-ID */
                    after?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The stream */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example retry: 3000
                         *
                         *     id: 4711
                         *     event: debate_started
                         *     data: {"type":"debate_started","channel":"live","data":{"debate_id":"19502241_6ac548b948b27"},"id":4711,"timestamp":"2026-10-06T19:15:05.000Z"}
                         */
                        "text/event-stream": string;
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /**
                 * @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors".
                 *
                 *     Le canal « seances » n’existe pas. / There is no channel "seances".
                 *
                 *     Une connexion peut suivre 50 canaux au plus. / A connection may follow 50 channels at most.
                 */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce canal demande un jeton valable. / This channel needs a valid token. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Trop de connexions sont ouvertes, d’ici ou en tout ; réessayez plus tard. / Too many connections are open, from here or altogether; try again later. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Le service va-t-il bien ? / Is the service well?
         * @description 200 si tout ce dont il dépend répond, 503 sinon. / 200 when all it depends on answers, 503 otherwise.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "status": "healthy",
                         *       "version": "1.0.0",
                         *       "uptime_seconds": 86400
                         *     }
                         */
                        "application/json": {
                            /** @enum {string} */
                            status: "healthy" | "unhealthy";
                            version: string;
                            uptime_seconds: number;
                        };
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Indisponible / Unavailable */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "status": "unhealthy",
                         *       "version": "1.0.0",
                         *       "uptime_seconds": 86400
                         *     }
                         */
                        "application/json": {
                            /** @enum {string} */
                            status: "healthy" | "unhealthy";
                            version: string;
                            uptime_seconds: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/detailed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * L’état de chaque dépendance / How each dependency is
         * @description Chaque dépendance avec son délai, pour les opérateurs (portée health:details) et depuis la machine elle-même ; le résumé pour les autres. 503 si rien ne peut être servi. / Each dependency with its latency, for operators (scope health:details) and from the machine itself; the summary for others. 503 when nothing can be served.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "status": "degraded",
                         *       "version": "1.0.0",
                         *       "uptime_seconds": 86400,
                         *       "dependencies": [
                         *         {
                         *           "name": "database",
                         *           "status": "up",
                         *           "required": true,
                         *           "latency_ms": 0.6,
                         *           "facts": {
                         *             "kind": "postgresql",
                         *             "connections": 4,
                         *             "waiting": 0
                         *           },
                         *           "message": null
                         *         },
                         *         {
                         *           "name": "redis",
                         *           "status": "down",
                         *           "required": false,
                         *           "latency_ms": 100.2,
                         *           "facts": {},
                         *           "message": null
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": {
                            /** @enum {string} */
                            status: "healthy" | "degraded" | "unhealthy";
                            version: string;
                            uptime_seconds: number;
                            /** @description Pour les opérateurs seulement / For operators only */
                            dependencies?: {
                                /** @description database, redis, storage, disk, ffmpeg, yt-dlp, portal… */
                                name: string;
                                /**
                                 * @description off: facultatif et absent / optional and absent; unknown: pas encore demandé / not asked yet
                                 * @enum {string}
                                 */
                                status: "up" | "low" | "down" | "off" | "unknown";
                                required: boolean;
                                latency_ms: number;
                                facts: {
                                    [key: string]: string | number | null;
                                };
                                message: string | null;
                            }[];
                        };
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Indisponible / Unavailable */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "status": "unhealthy",
                         *       "version": "1.0.0",
                         *       "uptime_seconds": 86400,
                         *       "dependencies": [
                         *         {
                         *           "name": "database",
                         *           "status": "up",
                         *           "required": true,
                         *           "latency_ms": 0.6,
                         *           "facts": {
                         *             "kind": "postgresql",
                         *             "connections": 4,
                         *             "waiting": 0
                         *           },
                         *           "message": null
                         *         },
                         *         {
                         *           "name": "redis",
                         *           "status": "down",
                         *           "required": false,
                         *           "latency_ms": 100.2,
                         *           "facts": {},
                         *           "message": null
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": {
                            /** @enum {string} */
                            status: "healthy" | "degraded" | "unhealthy";
                            version: string;
                            uptime_seconds: number;
                            /** @description Pour les opérateurs seulement / For operators only */
                            dependencies?: {
                                /** @description database, redis, storage, disk, ffmpeg, yt-dlp, portal… */
                                name: string;
                                /**
                                 * @description off: facultatif et absent / optional and absent; unknown: pas encore demandé / not asked yet
                                 * @enum {string}
                                 */
                                status: "up" | "low" | "down" | "off" | "unknown";
                                required: boolean;
                                latency_ms: number;
                                facts: {
                                    [key: string]: string | number | null;
                                };
                                message: string | null;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Le processus vit / The process is alive
         * @description Ne regarde rien d’autre que le processus. / Looks at nothing but the process.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "status": "alive"
                         *     }
                         */
                        "application/json": {
                            status: string;
                        };
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Peut recevoir des requêtes / May be sent requests
         * @description 503 avant d’être prêt et pendant l’arrêt. / 503 before it is ready and while it stops.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description La réponse / The answer */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "status": "ready"
                         *     }
                         */
                        "application/json": {
                            status: string;
                        };
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Indisponible / Unavailable */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "status": "not ready"
                         *     }
                         */
                        "application/json": {
                            status: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/errors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Les erreurs / Errors
         * @description Toutes les erreurs, avec leur code et leur page ; en HTML ou en Markdown selon Accept. / All errors, with their code and page; as HTML or Markdown by Accept.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The list */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /** @example # Les erreurs / Errors */
                        "text/markdown": string;
                        /** @example <!doctype html>… */
                        "text/html": string;
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/errors/{room}/{reason}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Une erreur / One error
         * @description Ce que veut dire une erreur et que faire ; « type » en donne l’adresse. / What an error means and what to do; "type" gives its address.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    room: string;
                    reason: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /** @example # debates/not-found */
                        "text/markdown": string;
                        /** @example <!doctype html>… */
                        "text/html": string;
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Rien ne se trouve à cette adresse. / There is nothing at this address. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Mesures pour Prometheus / Metrics for Prometheus
         * @description Depuis la machine elle-même, ou avec un jeton de portée metrics:read ; le port METRICS_PORT n’en demande pas. / From the machine itself, or with a token of scope metrics:read; the port METRICS_PORT asks for none.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Text format 0.0.4 */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example # HELP robian_scheduler_leader 1 where the scheduler works; the sum over all processes is to be 1.
                         *     # TYPE robian_scheduler_leader gauge
                         *     robian_scheduler_leader 1
                         */
                        "text/plain": string;
                    };
                };
                /** @description Inchangé depuis If-None-Match / Unchanged since If-None-Match */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description La requête contient des valeurs refusées ; le détail est dans « errors ». / The request holds values that are refused; see "errors". */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /**
                 * @description Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire. / This operation needs an account: one call to POST /api/auth/device gives one, without a form.
                 *
                 *     Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau. / The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.
                 */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Ce jeton ne permet pas cette opération. / This token does not allow this operation. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After. / The limit of this operation is reached; try again after the delay in the Retry-After header. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ». / Something failed on our side; it is recorded under the id in "instance". */
                500: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            /**
             * Format: uri
             * @description Page that explains this error
             */
            type: string;
            title: string;
            status: number;
            detail: string;
            /** @description Id of the request, also in X-Request-Id */
            instance: string;
            /** @description Stable, room/reason */
            code: string;
            errors?: {
                field: string;
                message: string;
            }[];
        };
        /**
         * @example {
         *       "id": "19502241_6ac548b948b27",
         *       "title": "2ème séance : Protection des sources et des petites rivières",
         *       "description": "Discussion de la proposition de loi visant à protéger les sources et les petites rivières",
         *       "type": "seance_publique",
         *       "status": "disponible",
         *       "date": "2026-10-06",
         *       "start_time": "2026-10-06T21:15:05+02:00",
         *       "end_time": "2026-10-07T00:03:05+02:00",
         *       "duration_seconds": 10080,
         *       "duration_minutes": 168,
         *       "display_duration": "2 h 48",
         *       "source": "portal",
         *       "source_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
         *       "video_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
         *       "thumbnail_url": null,
         *       "live_url": null,
         *       "commission": null,
         *       "salle": "Hémicycle",
         *       "legislature": 17,
         *       "session": "Session ordinaire 2026-2027",
         *       "meeting_id": "RUANR5L17S2027IDS90001",
         *       "report_url": null,
         *       "speakers": [
         *         {
         *           "id": "PA9900001",
         *           "name": "Mme Hélène Vautrain",
         *           "role": "rapporteure"
         *         }
         *       ],
         *       "tags": [
         *         "Environnement"
         *       ],
         *       "is_live": false,
         *       "has_audio": true,
         *       "has_transcript": false,
         *       "sitting_starts_at_ms": 894000,
         *       "sitting_start_origin": "record",
         *       "is_certain": true,
         *       "audio_files": [
         *         {
         *           "format": "mp3",
         *           "mime_type": "audio/mpeg",
         *           "size_bytes": 161280000,
         *           "duration_seconds": 10080,
         *           "bitrate_kbps": 128,
         *           "sample_rate_hz": 44100,
         *           "channels": 2,
         *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
         *           "origin": "published",
         *           "url": "https://robian.example/api/streaming/19502241_6ac548b948b27/stream?format=mp3&origin=published"
         *         }
         *       ],
         *       "view_count": 42,
         *       "favorite_count": 3,
         *       "created_at": "2026-10-07T00:20:00.000Z",
         *       "updated_at": "2026-10-07T02:10:00.000Z",
         *       "withdrawn_at": null,
         *       "attribution": {
         *         "name": "Assemblée nationale",
         *         "url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27"
         *       }
         *     }
         */
        Debate: {
            id: string;
            title: string;
            description: string;
            /** @enum {string} */
            type: "seance_publique" | "commission" | "audition" | "question_gouvernement" | "autre";
            /** @enum {string} */
            status: "programme" | "en_cours" | "termine" | "disponible" | "extraction" | "erreur";
            /**
             * Format: date
             * @description Day in Paris
             */
            date: string;
            /**
             * Format: date-time
             * @description Start of the recording
             */
            start_time: string | null;
            /** Format: date-time */
            end_time: string | null;
            duration_seconds: number | null;
            duration_minutes: number | null;
            /** @example 2 h 48 */
            display_duration: string | null;
            source: string;
            /** Format: uri */
            source_url: string | null;
            /** Format: uri */
            video_url: string | null;
            /** Format: uri */
            thumbnail_url: string | null;
            /**
             * Format: uri
             * @description HLS, while the sitting is on the air
             */
            live_url: string | null;
            commission: string | null;
            salle: string | null;
            legislature: number | null;
            session: string | null;
            meeting_id: string | null;
            /** Format: uri */
            report_url: string | null;
            speakers: {
                /** @description PA… in the open data of the Assembly */
                id: string | null;
                name: string;
                role: string | null;
            }[];
            tags: string[];
            is_live: boolean;
            has_audio: boolean;
            has_transcript: boolean;
            /** @description Where the sitting begins in the recording, which opens on an empty room */
            sitting_starts_at_ms: number | null;
            /**
             * @description What tells where the sitting begins
             * @enum {string|null}
             */
            sitting_start_origin: "player" | "record" | "captions" | "silence" | null;
            /** @description False while the agenda says only that the meeting may take place */
            is_certain: boolean;
            audio_files: {
                /** @example mp3 */
                format: string;
                /** @example audio/mpeg */
                mime_type: string;
                size_bytes: number;
                duration_seconds: number;
                bitrate_kbps: number | null;
                sample_rate_hz: number | null;
                channels: number | null;
                sha256: string;
                /**
                 * @description As published by the Assembly, copied from its video, or re-encoded
                 * @enum {string}
                 */
                origin: "published" | "copied" | "re-encoded";
                /** Format: uri */
                url: string;
            }[];
            view_count: number;
            favorite_count: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** Format: date-time */
            withdrawn_at: string | null;
            attribution: {
                name: string;
                /** Format: uri */
                url: string | null;
            };
        };
        /**
         * @example {
         *       "debates": [
         *         {
         *           "id": "19502241_6ac548b948b27",
         *           "title": "2ème séance : Protection des sources et des petites rivières",
         *           "description": "Discussion de la proposition de loi visant à protéger les sources et les petites rivières",
         *           "type": "seance_publique",
         *           "status": "disponible",
         *           "date": "2026-10-06",
         *           "start_time": "2026-10-06T21:15:05+02:00",
         *           "end_time": "2026-10-07T00:03:05+02:00",
         *           "duration_seconds": 10080,
         *           "duration_minutes": 168,
         *           "display_duration": "2 h 48",
         *           "source": "portal",
         *           "source_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
         *           "video_url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27",
         *           "thumbnail_url": null,
         *           "live_url": null,
         *           "commission": null,
         *           "salle": "Hémicycle",
         *           "legislature": 17,
         *           "session": "Session ordinaire 2026-2027",
         *           "meeting_id": "RUANR5L17S2027IDS90001",
         *           "report_url": null,
         *           "speakers": [
         *             {
         *               "id": "PA9900001",
         *               "name": "Mme Hélène Vautrain",
         *               "role": "rapporteure"
         *             }
         *           ],
         *           "tags": [
         *             "Environnement"
         *           ],
         *           "is_live": false,
         *           "has_audio": true,
         *           "has_transcript": false,
         *           "sitting_starts_at_ms": 894000,
         *           "sitting_start_origin": "record",
         *           "is_certain": true,
         *           "audio_files": [
         *             {
         *               "format": "mp3",
         *               "mime_type": "audio/mpeg",
         *               "size_bytes": 161280000,
         *               "duration_seconds": 10080,
         *               "bitrate_kbps": 128,
         *               "sample_rate_hz": 44100,
         *               "channels": 2,
         *               "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
         *               "origin": "published",
         *               "url": "https://robian.example/api/streaming/19502241_6ac548b948b27/stream?format=mp3&origin=published"
         *             }
         *           ],
         *           "view_count": 42,
         *           "favorite_count": 3,
         *           "created_at": "2026-10-07T00:20:00.000Z",
         *           "updated_at": "2026-10-07T02:10:00.000Z",
         *           "withdrawn_at": null,
         *           "attribution": {
         *             "name": "Assemblée nationale",
         *             "url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27"
         *           },
         *           "highlights": {
         *             "title": "2ème séance : Protection des sources et des petites <mark>rivières</mark>",
         *             "description": "Discussion de la proposition de loi visant à protéger les sources et les petites <mark>rivières</mark>",
         *             "commission": null,
         *             "speakers": [],
         *             "tags": []
         *           }
         *         }
         *       ],
         *       "total": 1,
         *       "total_is_exact": true,
         *       "page": 1,
         *       "per_page": 20,
         *       "next_cursor": null,
         *       "did_you_mean": null,
         *       "facets": {
         *         "exact": true,
         *         "type": [
         *           {
         *             "value": "seance_publique",
         *             "count": 1
         *           }
         *         ],
         *         "commission": [],
         *         "speaker": [
         *           {
         *             "value": "PA9900001",
         *             "name": "Mme Hélène Vautrain",
         *             "count": 1
         *           }
         *         ],
         *         "year": [
         *           {
         *             "value": "2026",
         *             "count": 1
         *           }
         *         ]
         *       }
         *     }
         */
        DebateSearch: {
            debates: {
                id: string;
                title: string;
                description: string;
                /** @enum {string} */
                type: "seance_publique" | "commission" | "audition" | "question_gouvernement" | "autre";
                /** @enum {string} */
                status: "programme" | "en_cours" | "termine" | "disponible" | "extraction" | "erreur";
                /**
                 * Format: date
                 * @description Day in Paris
                 */
                date: string;
                /**
                 * Format: date-time
                 * @description Start of the recording
                 */
                start_time: string | null;
                /** Format: date-time */
                end_time: string | null;
                duration_seconds: number | null;
                duration_minutes: number | null;
                /** @example 2 h 48 */
                display_duration: string | null;
                source: string;
                /** Format: uri */
                source_url: string | null;
                /** Format: uri */
                video_url: string | null;
                /** Format: uri */
                thumbnail_url: string | null;
                /**
                 * Format: uri
                 * @description HLS, while the sitting is on the air
                 */
                live_url: string | null;
                commission: string | null;
                salle: string | null;
                legislature: number | null;
                session: string | null;
                meeting_id: string | null;
                /** Format: uri */
                report_url: string | null;
                speakers: {
                    /** @description PA… in the open data of the Assembly */
                    id: string | null;
                    name: string;
                    role: string | null;
                }[];
                tags: string[];
                is_live: boolean;
                has_audio: boolean;
                has_transcript: boolean;
                /** @description Where the sitting begins in the recording, which opens on an empty room */
                sitting_starts_at_ms: number | null;
                /**
                 * @description What tells where the sitting begins
                 * @enum {string|null}
                 */
                sitting_start_origin: "player" | "record" | "captions" | "silence" | null;
                /** @description False while the agenda says only that the meeting may take place */
                is_certain: boolean;
                audio_files: {
                    /** @example mp3 */
                    format: string;
                    /** @example audio/mpeg */
                    mime_type: string;
                    size_bytes: number;
                    duration_seconds: number;
                    bitrate_kbps: number | null;
                    sample_rate_hz: number | null;
                    channels: number | null;
                    sha256: string;
                    /**
                     * @description As published by the Assembly, copied from its video, or re-encoded
                     * @enum {string}
                     */
                    origin: "published" | "copied" | "re-encoded";
                    /** Format: uri */
                    url: string;
                }[];
                view_count: number;
                favorite_count: number;
                /** Format: date-time */
                created_at: string;
                /** Format: date-time */
                updated_at: string;
                /** Format: date-time */
                withdrawn_at: string | null;
                attribution: {
                    name: string;
                    /** Format: uri */
                    url: string | null;
                };
                highlights: {
                    /** @description The title, escaped, found words in <mark>; null: none there */
                    title: string | null;
                    /** @description A part of the description, escaped, found words in <mark>; null: none there */
                    description: string | null;
                    /** @description The commission, escaped, found words in <mark>; null: none there */
                    commission: string | null;
                    /** @description Names that hold found words, the same way */
                    speakers: string[];
                    /** @description The same way */
                    tags: string[];
                };
            }[];
            total: number;
            /** @description False: estimated from a sample that is drawn once and for ever */
            total_is_exact: boolean;
            /** @description Null for a page that was asked for by cursor */
            page: number | null;
            per_page: number;
            /** @description To send as cursor; null on the last page */
            next_cursor: string | null;
            /** @description The words typed are in no debate; these were searched for instead */
            did_you_mean: string | null;
            facets: {
                /** @description False: estimated from a sample, right within about a tenth for the total */
                exact: boolean;
                type: {
                    /** @description As the filter takes it */
                    value: string;
                    count: number;
                }[];
                /** @description The most frequent */
                commission: {
                    /** @description As the filter takes it */
                    value: string;
                    count: number;
                }[];
                /** @description The most frequent */
                speaker: {
                    /** @description As the filter takes it */
                    value: string;
                    count: number;
                    name: string;
                }[];
                /** @description Newest first */
                year: {
                    /** @description As the filter takes it */
                    value: string;
                    count: number;
                }[];
            };
        };
        /**
         * @example {
         *       "titles": [
         *         {
         *           "id": "19502241_6ac548b948b27",
         *           "title": "2ème séance : Protection des sources et des petites rivières"
         *         }
         *       ],
         *       "commissions": [],
         *       "speakers": [
         *         {
         *           "id": "PA9900001",
         *           "name": "Mme Hélène Vautrain"
         *         }
         *       ]
         *     }
         */
        DebateSuggestions: {
            titles: {
                id: string;
                title: string;
            }[];
            commissions: string[];
            speakers: {
                /** @description PA… */
                id: string | null;
                name: string;
            }[];
        };
        /**
         * @example {
         *       "debate_id": "19502241_6ac548b948b27",
         *       "title": "2ème séance : Protection des sources et des petites rivières",
         *       "delivery": "stored",
         *       "duration_seconds": 10080,
         *       "sitting_starts_at_ms": 894000,
         *       "stream_url": "https://robian.example/api/streaming/19502241_6ac548b948b27/stream",
         *       "hls_url": null,
         *       "download_url": "https://robian.example/api/streaming/19502241_6ac548b948b27/download",
         *       "renditions": [
         *         {
         *           "format": "mp3",
         *           "mime_type": "audio/mpeg",
         *           "size_bytes": 161280000,
         *           "duration_seconds": 10080,
         *           "bitrate_kbps": 128,
         *           "sample_rate_hz": 44100,
         *           "channels": 2,
         *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
         *           "origin": "published",
         *           "url": "https://robian.example/api/streaming/19502241_6ac548b948b27/stream?format=mp3&origin=published"
         *         }
         *       ],
         *       "extraction": {
         *         "status": "completed",
         *         "progress": 100,
         *         "step": null,
         *         "eta_seconds": null,
         *         "error_code": null
         *       },
         *       "attribution": {
         *         "name": "Assemblée nationale",
         *         "url": "https://videos.assemblee-nationale.fr/video.19502241_6ac548b948b27"
         *       }
         *     }
         */
        StreamingInfo: {
            debate_id: string;
            title: string;
            /**
             * @description stored: kept here, verified; relayed: from the source, as it comes; none: nothing to play yet
             * @enum {string}
             */
            delivery: "stored" | "relayed" | "none";
            duration_seconds: number | null;
            sitting_starts_at_ms: number | null;
            stream_url: string | null;
            hls_url: string | null;
            download_url: string | null;
            renditions: {
                /** @example mp3 */
                format: string;
                /** @example audio/mpeg */
                mime_type: string;
                size_bytes: number;
                duration_seconds: number;
                bitrate_kbps: number | null;
                sample_rate_hz: number | null;
                channels: number | null;
                sha256: string;
                /**
                 * @description As published by the Assembly, copied from its video, or re-encoded
                 * @enum {string}
                 */
                origin: "published" | "copied" | "re-encoded";
                /** Format: uri */
                url: string;
            }[];
            extraction: {
                /** @enum {string} */
                status: "queued" | "running" | "completed" | "failed" | "cancelled";
                progress: number | null;
                step: string | null;
                eta_seconds: number | null;
                error_code: string | null;
            } | null;
            attribution: {
                name: string;
                url: string | null;
            };
        };
        /**
         * @example {
         *       "url": "https://robian.example/files/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.mp3?expires=1791370000&signature=Zx0b3Y1n&name=2026-10-06.mp3",
         *       "expires_at": "2026-10-07T14:06:40.000Z",
         *       "filename": "2026-10-06 2ème séance - Protection des sources et des petites rivières.mp3",
         *       "size_bytes": 161280000,
         *       "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
         *     }
         */
        Download: {
            /** Format: uri */
            url: string;
            expires_at: string | null;
            filename: string;
            size_bytes: number | null;
            sha256: string | null;
        };
        /**
         * @example {
         *       "extraction_id": "0b1f7c3e-52d4-4a55-9c0d-6f5f3c1c9a10",
         *       "debate_id": "19502241_6ac548b948b27",
         *       "status": "running",
         *       "format": "mp3",
         *       "quality": "original",
         *       "priority": "normal",
         *       "progress": 45.2,
         *       "step": "fetching",
         *       "source": "mp3",
         *       "bytes_done": 72900000,
         *       "bytes_total": 161280000,
         *       "media_seconds_done": null,
         *       "media_seconds_total": null,
         *       "eta_seconds": 14,
         *       "attempts": 1,
         *       "next_attempt_at": null,
         *       "cancel_requested": false,
         *       "error": null,
         *       "audio_file": null,
         *       "created_at": "2026-10-07T02:09:40.000Z",
         *       "started_at": "2026-10-07T02:09:41.000Z",
         *       "finished_at": null,
         *       "updated_at": "2026-10-07T02:09:53.000Z"
         *     }
         */
        ExtractionStatus: {
            extraction_id: string | null;
            debate_id: string;
            /** @enum {string} */
            status: "queued" | "running" | "completed" | "failed" | "cancelled";
            /** @enum {string} */
            format: "mp3" | "m4a";
            /** @enum {string} */
            quality: "original";
            /** @enum {string} */
            priority: "low" | "normal" | "high" | "urgent";
            progress: number | null;
            step: ("fetching" | "copying" | "verifying" | "publishing") | null;
            source: ("mp3" | "hls" | "page" | "mp4") | null;
            bytes_done: number;
            bytes_total: number | null;
            media_seconds_done: number | null;
            media_seconds_total: number | null;
            eta_seconds: number | null;
            attempts: number;
            next_attempt_at: string | null;
            cancel_requested: boolean;
            error: {
                /** @example extraction/source-missing */
                code: string;
                title: string;
                detail: string;
                retryable: boolean;
            } | null;
            audio_file: {
                /** Format: uuid */
                id: string;
                /** @enum {string} */
                format: "mp3" | "m4a";
                mime_type: string;
                size_bytes: number;
                duration_seconds: number;
                bitrate_kbps: number;
                sha256: string;
                /** @enum {string} */
                origin: "published" | "copied" | "re-encoded";
                /** Format: uri */
                url: string;
            } | null;
            created_at: string | null;
            started_at: string | null;
            finished_at: string | null;
            updated_at: string | null;
        };
        /**
         * @example {
         *       "id": "0d6a3f0e-3d3c-4c1e-9b0a-51f8f1c8e7a2",
         *       "kind": "password",
         *       "email": "camille@example.org",
         *       "role": "listener",
         *       "scopes": [
         *         "account",
         *         "library"
         *       ],
         *       "created_at": "2026-11-02T09:15:00.000Z"
         *     }
         */
        Account: {
            id: string;
            /**
             * @description device: made in one call, known by its tokens only
             * @enum {string}
             */
            kind: "device" | "password";
            email: string | null;
            /**
             * @description Each includes the ones before it
             * @enum {string}
             */
            role: "listener" | "operator" | "administrator";
            scopes: ("account" | "library" | "extraction:manage" | "health:details" | "metrics:read" | "debates:write")[];
            /**
             * Format: date-time
             * @description When it was made
             */
            created_at: string;
        };
        /**
         * @example {
         *       "account": {
         *         "id": "0d6a3f0e-3d3c-4c1e-9b0a-51f8f1c8e7a2",
         *         "kind": "device",
         *         "email": null,
         *         "role": "listener",
         *         "scopes": [
         *           "account",
         *           "library"
         *         ],
         *         "created_at": "2026-11-02T09:15:00.000Z"
         *       },
         *       "access_token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwZDZhM2YwZSJ9.c2lnbmF0dXJl",
         *       "token_type": "Bearer",
         *       "expires_in_seconds": 600,
         *       "refresh_token": "Jf0lO0mZ1m5cZr8mHn1nS0JpV2w3x4y5z6A7B8C9D0E",
         *       "refresh_token_expires_at": "2027-12-07T09:15:00.000Z"
         *     }
         */
        SignedIn: {
            account: components["schemas"]["Account"];
            /** @description JWT, for Authorization: Bearer */
            access_token: string;
            /** @enum {string} */
            token_type: "Bearer";
            /** @description Life of the access token */
            expires_in_seconds: number;
            /** @description For POST /api/auth/refresh, once */
            refresh_token: string;
            /**
             * Format: date-time
             * @description Moves on with each refresh
             */
            refresh_token_expires_at: string;
        };
        /**
         * @example {
         *       "id": "b2b8a1f4-95a5-4a4e-8f0d-6b7c1c1a2d3e",
         *       "name": "Prometheus",
         *       "start": "robian",
         *       "scopes": [
         *         "metrics:read"
         *       ],
         *       "created_at": "2026-11-02T09:15:00.000Z",
         *       "expires_at": null
         *     }
         */
        ApiKey: {
            id: string;
            name: string;
            /** @description Its first characters */
            start: string;
            scopes: string[];
            /**
             * Format: date-time
             * @description When it was made
             */
            created_at: string;
            expires_at: string | null;
        };
        /**
         * @example {
         *       "id": "b2b8a1f4-95a5-4a4e-8f0d-6b7c1c1a2d3e",
         *       "name": "Prometheus",
         *       "start": "robian",
         *       "scopes": [
         *         "metrics:read"
         *       ],
         *       "created_at": "2026-11-02T09:15:00.000Z",
         *       "expires_at": null,
         *       "key": "robian_JfOlOmZmcZrmHnnSJpVwxyzABCDE"
         *     }
         */
        NewApiKey: {
            id: string;
            name: string;
            /** @description Its first characters */
            start: string;
            scopes: string[];
            /**
             * Format: date-time
             * @description When it was made
             */
            created_at: string;
            expires_at: string | null;
            /** @description Shown here and never again */
            key: string;
        };
        /**
         * @example {
         *       "debate_id": "19502241_6ac548b948b27",
         *       "added_at": "2026-11-03T20:00:00.000Z",
         *       "debate": null
         *     }
         */
        Favorite: {
            debate_id: string;
            /**
             * Format: date-time
             * @description When it was added
             * @example 2026-11-22T21:04:05.250+01:00
             */
            added_at: string;
            debate: {
                id: string;
                title: string;
                /** @enum {string} */
                type: "seance_publique" | "commission" | "audition" | "question_gouvernement" | "autre";
                /** @enum {string} */
                status: "programme" | "en_cours" | "termine" | "disponible" | "extraction" | "erreur";
                /**
                 * Format: date
                 * @description Day in Paris
                 */
                date: string;
                /** Format: date-time */
                start_time: string | null;
                duration_seconds: number | null;
                commission: string | null;
                thumbnail_url: string | null;
                has_audio: boolean;
            } | null;
        };
        /**
         * @example {
         *       "debate_id": "19502241_6ac548b948b27",
         *       "position": 1,
         *       "added_at": "2026-11-03T20:00:00.000Z",
         *       "debate": null
         *     }
         */
        CollectionEntry: {
            debate_id: string;
            /** @description From 1, in the order of the collection */
            position: number;
            /**
             * Format: date-time
             * @description When it was added
             * @example 2026-11-22T21:04:05.250+01:00
             */
            added_at: string;
            debate: {
                id: string;
                title: string;
                /** @enum {string} */
                type: "seance_publique" | "commission" | "audition" | "question_gouvernement" | "autre";
                /** @enum {string} */
                status: "programme" | "en_cours" | "termine" | "disponible" | "extraction" | "erreur";
                /**
                 * Format: date
                 * @description Day in Paris
                 */
                date: string;
                /** Format: date-time */
                start_time: string | null;
                duration_seconds: number | null;
                commission: string | null;
                thumbnail_url: string | null;
                has_audio: boolean;
            } | null;
        };
        /**
         * @example {
         *       "id": "9f6d1c1e-0d4f-4d0f-8f7a-2c8c6f6c8f10",
         *       "name": "Budget de la sécurité sociale",
         *       "description": "À écouter avant le vote",
         *       "position": 1,
         *       "debate_count": 1,
         *       "share_url": null,
         *       "created_at": "2026-11-02T09:15:00.000Z",
         *       "updated_at": "2026-11-03T20:00:00.000Z"
         *     }
         */
        Collection: {
            id: string;
            name: string;
            description: string;
            /** @description From 1, in your own order */
            position: number;
            debate_count: number;
            share_url: string | null;
            /**
             * Format: date-time
             * @description When it was made
             * @example 2026-11-22T21:04:05.250+01:00
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it, or what it holds, last changed
             * @example 2026-11-22T21:04:05.250+01:00
             */
            updated_at: string;
        };
        /**
         * @example {
         *       "id": "9f6d1c1e-0d4f-4d0f-8f7a-2c8c6f6c8f10",
         *       "name": "Budget de la sécurité sociale",
         *       "description": "À écouter avant le vote",
         *       "position": 1,
         *       "debate_count": 1,
         *       "share_url": null,
         *       "created_at": "2026-11-02T09:15:00.000Z",
         *       "updated_at": "2026-11-03T20:00:00.000Z",
         *       "debates": [
         *         {
         *           "debate_id": "19502241_6ac548b948b27",
         *           "position": 1,
         *           "added_at": "2026-11-03T20:00:00.000Z",
         *           "debate": null
         *         }
         *       ]
         *     }
         */
        CollectionWithDebates: {
            id: string;
            name: string;
            description: string;
            /** @description From 1, in your own order */
            position: number;
            debate_count: number;
            share_url: string | null;
            /**
             * Format: date-time
             * @description When it was made
             * @example 2026-11-22T21:04:05.250+01:00
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it, or what it holds, last changed
             * @example 2026-11-22T21:04:05.250+01:00
             */
            updated_at: string;
            debates: components["schemas"]["CollectionEntry"][];
        };
        /**
         * @example {
         *       "name": "Budget de la sécurité sociale",
         *       "description": "À écouter avant le vote",
         *       "updated_at": "2026-11-03T20:00:00.000Z",
         *       "debates": [
         *         {
         *           "debate_id": "19502241_6ac548b948b27",
         *           "position": 1,
         *           "added_at": "2026-11-03T20:00:00.000Z",
         *           "debate": null
         *         }
         *       ]
         *     }
         */
        SharedCollection: {
            name: string;
            description: string;
            /**
             * Format: date-time
             * @description When it last changed
             * @example 2026-11-22T21:04:05.250+01:00
             */
            updated_at: string;
            debates: components["schemas"]["CollectionEntry"][];
        };
        /**
         * @example {
         *       "debate_id": "19502241_6ac548b948b27",
         *       "position_ms": 1830250,
         *       "duration_ms": 9999000,
         *       "finished": false,
         *       "device_id": "pixel-9-camille",
         *       "recorded_at": "2026-11-22T21:04:05.250+01:00",
         *       "heard_at": "2026-11-22T20:04:05.250Z",
         *       "furthest_ms": 4000000,
         *       "finished_at": null,
         *       "updated_at": "2026-11-22T20:04:06.001Z"
         *     }
         */
        Position: {
            debate_id: string;
            /** @description On the audio clock */
            position_ms: number;
            /** @description Heard to the end */
            finished: boolean;
            device_id: string;
            /**
             * Format: date-time
             * @description By the clock of the device
             * @example 2026-11-22T21:04:05.250+01:00
             */
            recorded_at: string;
            duration_ms: number | null;
            /**
             * Format: date-time
             * @description recorded_at, but never after it reached the server
             * @example 2026-11-22T21:04:05.250+01:00
             */
            heard_at: string;
            /** @description The furthest ever heard */
            furthest_ms: number;
            finished_at: string | null;
            /**
             * Format: date-time
             * @description When this changed on the server; for updated_since
             * @example 2026-11-22T21:04:05.250+01:00
             */
            updated_at: string;
        };
        /**
         * @example {
         *       "debate_id": "19502241_6ac548b948b27",
         *       "position_ms": 1830250,
         *       "duration_ms": 9999000,
         *       "finished": false,
         *       "device_id": "pixel-9-camille",
         *       "recorded_at": "2026-11-22T21:04:05.250+01:00",
         *       "heard_at": "2026-11-22T20:04:05.250Z",
         *       "furthest_ms": 4000000,
         *       "finished_at": null,
         *       "updated_at": "2026-11-22T20:04:06.001Z",
         *       "history": [
         *         {
         *           "position_ms": 1830250,
         *           "finished": false,
         *           "device_id": "pixel-9-camille",
         *           "recorded_at": "2026-11-22T21:04:05.250+01:00",
         *           "heard_at": "2026-11-22T20:04:05.250Z"
         *         }
         *       ]
         *     }
         */
        PositionWithHistory: {
            debate_id: string;
            /** @description On the audio clock */
            position_ms: number;
            /** @description Heard to the end */
            finished: boolean;
            device_id: string;
            /**
             * Format: date-time
             * @description By the clock of the device
             * @example 2026-11-22T21:04:05.250+01:00
             */
            recorded_at: string;
            duration_ms: number | null;
            /**
             * Format: date-time
             * @description recorded_at, but never after it reached the server
             * @example 2026-11-22T21:04:05.250+01:00
             */
            heard_at: string;
            /** @description The furthest ever heard */
            furthest_ms: number;
            finished_at: string | null;
            /**
             * Format: date-time
             * @description When this changed on the server; for updated_since
             * @example 2026-11-22T21:04:05.250+01:00
             */
            updated_at: string;
            /** @description What devices said, newest first */
            history: {
                /** @description On the audio clock */
                position_ms: number;
                /** @description Heard to the end */
                finished: boolean;
                device_id: string;
                /**
                 * Format: date-time
                 * @description By the clock of the device
                 * @example 2026-11-22T21:04:05.250+01:00
                 */
                recorded_at: string;
                /**
                 * Format: date-time
                 * @description As above
                 * @example 2026-11-22T21:04:05.250+01:00
                 */
                heard_at: string;
            }[];
        };
        /**
         * @example {
         *       "rank": 1,
         *       "score": 37.2,
         *       "plays": 412,
         *       "debate": {
         *         "id": "19502241_6ac548b948b27",
         *         "title": "2ème séance : questions sociales et santé",
         *         "type": "seance_publique",
         *         "status": "disponible",
         *         "date": "2026-10-06",
         *         "start_time": "2026-10-06T21:15:05+02:00",
         *         "duration_seconds": 9999,
         *         "commission": null,
         *         "thumbnail_url": null,
         *         "has_audio": true
         *       }
         *     }
         */
        TrendingDebate: {
            /** @description From 1 */
            rank: number;
            /** @description What its plays weigh now: 1 for one of this moment */
            score: number;
            /** @description Since the beginning */
            plays: number;
            /**
             * @description A debate in short; GET /api/debates/{id} has the rest
             * @example {
             *       "id": "19502241_6ac548b948b27",
             *       "title": "2ème séance : questions sociales et santé",
             *       "type": "seance_publique",
             *       "status": "disponible",
             *       "date": "2026-10-06",
             *       "start_time": "2026-10-06T21:15:05+02:00",
             *       "duration_seconds": 9999,
             *       "commission": null,
             *       "thumbnail_url": null,
             *       "has_audio": true
             *     }
             */
            debate: {
                id: string;
                title: string;
                /** @enum {string} */
                type: "seance_publique" | "commission" | "audition" | "question_gouvernement" | "autre";
                /** @enum {string} */
                status: "programme" | "en_cours" | "termine" | "disponible" | "extraction" | "erreur";
                /**
                 * Format: date
                 * @description Day in Paris
                 */
                date: string;
                /** Format: date-time */
                start_time: string | null;
                duration_seconds: number | null;
                commission: string | null;
                thumbnail_url: string | null;
                has_audio: boolean;
            };
        };
        /**
         * @example {
         *       "debates": 9840,
         *       "hours": 21450.5,
         *       "extractions": 9912,
         *       "views": 48211,
         *       "plays": 17530,
         *       "listeners": {
         *         "today": 312,
         *         "most_in_a_day": 1904
         *       }
         *     }
         */
        GlobalStats: {
            /** @description In the register */
            debates: number;
            /** @description Of sound that can be listened to here */
            hours: number;
            /** @description That brought the sound */
            extractions: number;
            /** @description Of debates, once a listener and half hour */
            views: number;
            /** @description Of debates, once a listener and half hour */
            plays: number;
            listeners: {
                /** @description Different ones since midnight UTC, to about 2 % */
                today: number;
                /** @description Of all days */
                most_in_a_day: number;
            };
        };
        /**
         * @example {
         *       "listened_seconds": 51240,
         *       "debates": 14,
         *       "debates_finished": 6,
         *       "days": 11,
         *       "current_streak_days": 3,
         *       "longest_streak_days": 5,
         *       "speakers": [
         *         {
         *           "speaker_id": "PA9900001",
         *           "name": "Mme Hélène Vautrain",
         *           "listened_seconds": 4215,
         *           "debates": 3
         *         }
         *       ],
         *       "commissions": [
         *         {
         *           "name": "Commission des finances",
         *           "listened_seconds": 9120,
         *           "debates": 2
         *         }
         *       ]
         *     }
         */
        UserStats: {
            /** @description To the minute at best */
            listened_seconds: number;
            debates: number;
            /** @description Heard to the end at least once */
            debates_finished: number;
            /** @description Days in Paris on which something was heard */
            days: number;
            /** @description In a row up to today, or to yesterday */
            current_streak_days: number;
            longest_streak_days: number;
            /** @description Most heard first, in the fifty debates heard last */
            speakers: {
                speaker_id: string;
                name: string;
                /** @description To the minute at best */
                listened_seconds: number;
                debates: number;
            }[];
            /** @description Most heard first, in the fifty debates heard last */
            commissions: {
                name: string;
                /** @description To the minute at best */
                listened_seconds: number;
                debates: number;
            }[];
        };
        Chapter: {
            id: string;
            label: string;
            /** @description As the operator typed it */
            typed_label: string;
            /** @enum {string} */
            kind: "text" | "articles" | "article" | "after_article" | "amendments" | "point_of_order" | "intervention" | "chair" | "questions" | "question_title" | "question" | "answer" | "tribute" | "other" | "suspension";
            starts_at_ms: number | null;
            ends_at_ms: number | null;
            /** @description True of suspensions: nobody sits */
            is_skippable: boolean;
            speakers: {
                id: string | null;
                name: string;
                role: string | null;
            }[];
            children: components["schemas"]["Chapter"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
