"""The tables of Form 6-K (tables.md 6.3): every value by a rule of form-6k-cover.md, named by its section."""

from __future__ import annotations

from filings.schema.columns import Computed, Rule, bigint, date, flag, integer, rows, smallint, text, texts

report_6k = rows(
    "report_6k",
    "One row for each 6-K document of a filing (nearly always one).",
    [
        text("form_as_filed", "the form's name as the cover has it, as FORM 6-K", at=Rule("form-6k-cover.md 4.1", "title.form_name"), form="name"),
        text("form_type", "6-K or 6-K/A", at=Rule("form-6k-cover.md 4.1", "title.form_name"), null="no", form="code"),
        flag("is_amendment", "form_type is 6-K/A", at=Rule("form-6k-cover.md 4.1", "title.form_name"), null="no"),
        date("amends_report_on", "date of the report amended", at=Rule("form-6k-cover.md 4.1", "title.amended_report")),
        text("cover_title_as_filed", "title on the cover, as Report of Foreign Issuer", at=Rule("form-6k-cover.md 4.2", "title.cover_title"), form="name"),
        text("period_as_filed", "period on the cover, as filed", at=Rule("form-6k-cover.md 4.3", "period.period"), form="name"),
        text("period_kind", "month, months, date, period_ended, date_range, none", at=Rule("form-6k-cover.md 4.3", "period.period"), null="no", form="code"),
        date("period_start_on", "first day of the period", at=Rule("form-6k-cover.md 4.3", "period.period")),
        date("period_end_on", "last day of the period", at=Rule("form-6k-cover.md 4.3", "period.period")),
        text("report_number", "number behind the period (Report No. 5)", at=Rule("form-6k-cover.md 4.3", "period.report_number"), form="code"),
        text("commission_file_number_as_filed", "Commission file number on the cover, as filed", at=Rule("form-6k-cover.md 4.4", "file_numbers.commission_file_numbers"), form="file_number"),
        text("commission_file_number", "Commission file number in one form: 3 digits, at least 5 (1-15106 is 001-15106)", at=Rule("form-6k-cover.md 4.4", "file_numbers.commission_file_numbers"), form="file_number"),
        texts("commission_file_numbers", "all Commission file numbers on the cover, in one form; joint filers state several", at=Rule("form-6k-cover.md 4.4", "file_numbers.commission_file_numbers")),
        text("registrant_name", "name of the registrant on the cover, as filed", at=Rule("form-6k-cover.md 4.5", "names.from_caption"), form="name"),
        text("registrant_name_source", "what told the name: caption, after_translation (the line below that caption), signature, position (first line of the block)", at=Rule("form-6k-cover.md 4.5", "names.from_caption"), form="code"),
        smallint("registrant_count", "registrants named on the cover", at=Rule("form-6k-cover.md 4.5", "names.from_caption")),
        text("name_translation", "translation of the registrant's name into English", at=Rule("form-6k-cover.md 4.5", "names.translation"), form="name"),
        text("former_name", "name in a bracket (Formerly …)", at=Rule("form-6k-cover.md 4.5", "captions.former_name"), form="name"),
        text("jurisdiction", "jurisdiction of incorporation on the cover, as filed", at=Rule("form-6k-cover.md 4.5", "captions.captions"), form="name"),
        texts("address_lines", "address of the principal executive offices, line by line as filed", at=Rule("form-6k-cover.md 4.6", "address.address")),
        text("phone", "telephone number on the cover, as filed", at=Rule("form-6k-cover.md 4.6", "address.address"), form="name"),
        text("annual_report_form_as_filed", "answer to the 20-F or 40-F question, as filed", at=Rule("form-6k-cover.md 4.7", "questions.annual_report_form"), form="name"),
        text("annual_report_form", "form of the annual report that is ticked: 20-F or 40-F; NULL where none or both are", at=Rule("form-6k-cover.md 4.7", "questions.annual_report_form"), form="code"),
        flag("paper_101b1", "paper copy under Rule 101(b)(1)", at=Rule("form-6k-cover.md 4.8", "questions.paper")),
        flag("paper_101b7", "paper copy under Rule 101(b)(7)", at=Rule("form-6k-cover.md 4.8", "questions.paper")),
        text("twelve_g_as_filed", "answer to the 12g3-2(b) question, as filed", at=Rule("form-6k-cover.md 4.9", "questions.twelve_g"), form="name"),
        flag("is_12g3_2b", "furnished under Rule 12g3-2(b) too", at=Rule("form-6k-cover.md 4.9", "questions.twelve_g")),
        text("file_number_82_as_filed", "82- number, as filed", at=Rule("form-6k-cover.md 4.9", "questions.number_82"), form="file_number"),
        text("file_number_82", "the 82- number in one form, as 082-00565; NULL where it is left blank", at=Rule("form-6k-cover.md 4.9", "questions.number_82"), form="file_number"),
        flag("furnished_not_filed", "the report says that it is furnished and not deemed filed; true or NULL, never false", at=Rule("form-6k-cover.md 4.10", "incorporation.furnished_not_filed")),
        text("release_headline", "headline of the release inside the report", at=Rule("form-6k-cover.md 8", "releases.release"), form="name"),
        text("release_date_line", "date line of the release, as filed", at=Rule("form-6k-cover.md 8", "releases.date_line"), form="name"),
        date("release_date_on", "date of the release", at=Rule("form-6k-cover.md 8", "releases.release")),
        text("release_place", "place before the date in the dateline (Rio de Janeiro)", at=Rule("form-6k-cover.md 8", "releases.dateline"), form="name"),
        bigint("cover_end_byte", "end of the cover in the document's content", at=Rule("form-6k-cover.md 3", "cover.read_cover")),
        integer("character_count", "visible characters of the document, blanks not counted", at=Computed("of its text"), null="no"),
    ],
    family="form_6k",
)

incorporation_by_reference = rows(
    "incorporation_by_reference",
    "One row for each registration statement into which the report is incorporated.",
    [
        text("registration_form", "form of the registration statement, as F-3", at=Rule("form-6k-cover.md 5", "incorporation.incorporations"), form="code"),
        text("file_number_as_filed", "registration file number, as filed", at=Rule("form-6k-cover.md 5", "incorporation.incorporations"), form="file_number"),
        text("file_number", "registration file number in one form: 3 digits, at least 5 (333-8362 is 333-08362)", at=Rule("form-6k-cover.md 5", "incorporation.incorporations"), form="file_number"),
        text("scope", "what is incorporated: the report, whole exhibits, or part of them", at=Rule("form-6k-cover.md 5", "incorporation.incorporations"), null="no", form="code"),
        texts("exhibit_numbers", "which exhibits, for scope exhibits and part", at=Rule("form-6k-cover.md 5", "incorporation.incorporations")),
        text("registrant_named", "whose registration statement, where said", at=Rule("form-6k-cover.md 5", "incorporation.incorporations"), form="name"),
        flag("is_deemed", "says deemed to be incorporated", at=Rule("form-6k-cover.md 5", "incorporation.incorporations"), null="no"),
        flag("is_blanket", "into all registration statements, none named", at=Rule("form-6k-cover.md 5", "incorporation.incorporations"), null="no"),
        date("registration_filed_on", "filing date of the registration statement, where said", at=Rule("form-6k-cover.md 5", "incorporation.incorporations")),
        date("registration_effective_on", "its effective date, where said", at=Rule("form-6k-cover.md 5", "incorporation.incorporations")),
        text("href", "link on the number", at=Rule("form-6k-cover.md 5", "incorporation.incorporations"), form="name"),
        text("registration_accession_number", "accession in that link", at=Rule("form-6k-cover.md 5", "incorporation.incorporations"), form="accession"),
        text("sentence", "the paragraph as filed", at=Rule("form-6k-cover.md 5", "incorporation.incorporations"), null="no", form="prose"),
        bigint("start_byte", "first byte in the document's content", at=Computed("section 5")),
        bigint("end_byte", "one past the last byte", at=Computed("section 5")),
    ],
    family="form_6k",
)

press_contact = rows(
    "press_contact",
    "One row for each person or office to ask, in the 6-K document and in its EX-99 documents.",
    [
        text("kind", "press, investor, media, notices (who receives the Commission's notices), other", at=Rule("form-6k-cover.md 8", "contacts.contacts"), null="no", form="code"),
        text("name", "person's name", at=Rule("form-6k-cover.md 8", "contacts.contacts"), form="name"),
        text("title", "person's title", at=Rule("form-6k-cover.md 8", "contacts.contacts"), form="name"),
        text("organisation", "office, firm or department", at=Rule("form-6k-cover.md 8", "contacts.contacts"), form="name"),
        text("phone", "telephone number, as filed", at=Rule("form-6k-cover.md 8", "contacts.contacts"), form="name"),
        text("email", "e-mail address", at=Rule("form-6k-cover.md 8", "contacts.contacts"), form="name"),
        bigint("start_byte", "first byte in the document's content", at=Computed("section 5")),
        bigint("end_byte", "one past the last byte", at=Computed("section 5")),
    ],
    family="form_6k",
)
