//! Names of languages, more of them than one answer may hold.

/// English names of widely spoken languages, in alphabetical order.
const NAMES: &str = "Afrikaans Albanian Amharic Arabic Armenian Assamese Aymara Azerbaijani Bambara Basque \
    Belarusian Bengali Bhojpuri Bosnian Breton Bulgarian Burmese Catalan Cebuano Chewa \
    Chinese Corsican Croatian Czech Danish Dhivehi Dogri Dutch Dzongkha English Esperanto \
    Estonian Ewe Faroese Fijian Filipino Finnish French Frisian Fula Galician Georgian \
    German Greek Greenlandic Guarani Gujarati Haitian Hausa Hawaiian Hebrew Hindi Hmong \
    Hungarian Icelandic Igbo Ilocano Indonesian Irish Italian Japanese Javanese Kannada \
    Kazakh Khmer Kinyarwanda Konkani Korean Kurdish Kyrgyz Lao Latin Latvian Lingala \
    Lithuanian Luganda Luxembourgish Macedonian Maithili Malagasy Malay Malayalam Maltese \
    Maori Marathi Mongolian Nepali Norwegian Odia Oromo Pashto Persian Polish Portuguese \
    Punjabi Quechua Romanian Russian Samoan Sanskrit Serbian Sesotho Shona Sindhi Sinhala \
    Slovak Slovenian Somali Spanish Swahili Swedish Tamil Telugu Thai Turkish Ukrainian Urdu \
    Vietnamese Welsh Zulu";

/// Each name.
pub(super) fn languages() -> impl Iterator<Item = &'static str> {
    NAMES.split(' ')
}
