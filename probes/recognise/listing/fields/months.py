"""The months in the languages that servers speak, whole and shortened."""

from __future__ import annotations

from typing import Final

_NAMES: Final = """
    1 jan january sty stycznia tammikuuta tammikuu ledna led január januára ocak oca januar januari janvier janv
    ene enero jan. gennaio gen janeiro январь января янв січ січня ιαν ιανουαρίου ianuarie ian jaan يناير ינו ינואר
    siječnja siječanj janvāris sausio sausis jaanuar januarie gener януари јануар ιανουάριος
    2 feb february lut lutego helmikuuta helmikuu února úno február şubat şub februar februari fevrier février
    févr fevr fév febrero febbraio fevereiro февраль февраля фев лют лютого φεβ φεβρουαρίου februarie veebr
    febr فبراير פבר פברואר
    februára veljače veljača februāris vasario vasaris veebruar febrer февруари фебруар φεβρουάριος
    3 mar march marca maaliskuuta maaliskuu března bře március mart märz maerz mrz mars maart marzo março mrt
    март марта мар бер березня μαρ μαρτίου martie märts març مارس מרץ
    marec ožujka ožujak kovo kovas maret μάρτιος
    4 apr april kwi kwietnia huhtikuuta huhtikuu dubna dub április nisan nis avril avr abril aprile abr апрель
    апреля апр кві квітня απρ απριλίου aprilie aprill أبريل ابريل אפר אפריל
    apríla travnja travanj aprīlis balandžio balandis април απρίλιος
    5 may maja toukokuuta toukokuu května kvě május mayıs mai maj mei mayo maggio maio mag май мая тра травня
    μαΐ μαΐου μαϊ maig maí مايو מאי
    mája svibnja svibanj maijs gegužės gegužė мај μάιος μαίου
    6 jun june cze czerwca kesäkuuta kesäkuu června čvn június haziran haz juni juin junio giugno junho giu июнь
    июня июн чер червня ιουν ιουνίου iunie iun juuni juny júní يونيو יוני
    júna lipnja lipanj junij jūnijs birželio birželis юни јун ιούνιος
    7 jul july lip lipca heinäkuuta heinäkuu července čvc július temmuz tem juli juillet juil julio luglio julho
    lug июль июля июл лип липня ιουλ ιουλίου iulie iul juuli júlí يوليو יולי
    júla srpnja srpanj julij jūlijs liepos liepa juliol юли јул ιούλιος
    8 aug august sie sierpnia elokuuta elokuu srpna srp augusztus ağustos ağu augusti août aout augustus agosto
    ago август августа авг сер серпня αυγ αυγούστου ágú أغسطس אוג אוגוסט
    augusta kolovoza kolovoz avgust augusts rugpjūčio rugpjūtis agost agustus αύγουστος
    9 sep sept wrz września syyskuuta syyskuu září zář szeptember eylül eyl september septembre septiembre
    settembre setembro set сентябрь сентября сен сент вер вересня σεπ σεπτεμβρίου septembrie سبتمبر ספט ספטמבר
    septembra rujna rujan septembris rugsėjo rugsėjis setembre септември септембар σεπτέμβριος
    10 oct october paź października lokakuuta lokakuu října říj október ekim eki oktober octobre octubre ottobre
    outubro okt ott out октябрь октября окт жов жовтня οκτ οκτωβρίου octombrie أكتوبر אוק אוקטובר
    októbra oktobra oktobar oktobris spalio spalis oktoober октомври октобар οκτώβριος
    11 nov november lis listopada marraskuuta marraskuu kasım kas novembre noviembre novembro ноябрь ноября ноя
    нояб лис листопада νοε νοεμβρίου noiembrie nóv نوفمبر נוב נובמבר
    studenoga studenog studeni novembra novembar novembris lapkričio lapkritis ноември новембар νοέμβριος
    12 dec december gru grudnia joulukuuta joulukuu prosince pro aralık ara dezember décembre decembre diciembre
    dicembre dezembro dez déc dic декабрь декабря дек гру грудня δεκ δεκεμβρίου decembrie dets des desember
    ديسمبر דצמ דצמבר
    decembra decembar prosinca prosinac decembris gruodžio gruodis detsember декември децембар δεκέμβριος
"""


def _read() -> dict[str, int]:
    months: dict[str, int] = {}
    number = 0
    for word in _NAMES.split():
        if word.isdigit():
            number = int(word)
        else:
            months[word] = number
    return months


MONTHS: Final = _read()
"""The number of a month by its name, in lower case."""
