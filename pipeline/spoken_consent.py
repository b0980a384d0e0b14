"""What somebody says to prove that a lesson may speak with their voice: a sentence, and words that
nobody could know before.

The words are common nouns that sound unlike each other. Six of 40 that are asked for in
order leave one chance in 2.8 billion to guess them all, and one in 170,000 to guess enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import SystemRandom

COUNT = 6
ENOUGH = 4
"""Of the words: a recogniser mistakes some, the more so in a noisy room."""


@dataclass(frozen=True, slots=True)
class Language:
    """``sentence`` comes before the words, which come after ``lead``. ``denials`` sound much alike
    and say the opposite; a recogniser has to tell them apart. None of them: there is no recogniser
    for this language here."""

    sentence: str
    lead: str
    vocabulary: str
    denials: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.vocabulary.split())

    @property
    def recognised(self) -> bool:
        return bool(self.denials)


LANGUAGES = {
    "en": Language(
        "I agree that this studio makes lessons that speak with my voice",
        "My words today are",
        "anchor autumn basket bridge candle cherry circus coffee desert dragon eagle "
        "finger forest garden guitar island jacket kitchen lemon magnet monkey mountain "
        "museum ocean orange pepper piano planet potato rabbit river sugar table tiger "
        "tomato velvet violin window yellow zebra",
        (
            "I do not agree that this studio makes lessons that speak with my voice",
            "I never agreed that this studio makes lessons that speak with my voice",
        ),
    ),
    "de": Language(
        "Ich bin einverstanden, dass dieses Studio Lektionen mit meiner Stimme macht",
        "Meine Wörter heute sind",
        "Anker Apfel Banane Birne Blume Brücke Drache Eimer Fenster Feuer Flasche Garten "
        "Gitarre Hammer Honig Insel Jacke Kaffee Kerze Kirche Klavier Koffer Lampe "
        "Löffel Mantel Messer Nadel Orange Papier Pfeffer Rakete Schule Sommer Spiegel "
        "Tasche Tiger Tomate Vogel Wasser Zucker",
    ),
    "fr": Language(
        "J’accepte que ce studio fasse des leçons qui parlent avec ma voix",
        "Mes mots aujourd’hui sont",
        "abeille ananas arbre bateau bougie bouteille cerise chapeau chemise cheval "
        "citron couteau cuisine dragon école étoile fenêtre forêt fromage girafe guitare "
        "hiver île jardin journal lapin maison montagne orange papillon piano plage "
        "poisson pomme rivière soleil sucre tigre tomate village",
    ),
    "es": Language(
        "Acepto que este estudio haga lecciones que hablan con mi voz",
        "Mis palabras de hoy son",
        "abeja árbol azúcar barco botella caballo café camisa cereza cocina cuchara "
        "dragón escuela espejo estrella flor fuego guitarra invierno isla jardín jirafa "
        "lámpara limón llave manzana martillo montaña naranja papel pimienta plátano "
        "playa puente queso río sombrero tigre tomate ventana",
    ),
}
"""By the first two letters of a language's code."""


def draw_words(language: str) -> tuple[str, ...]:
    """No word twice. ``language`` is one of ``LANGUAGES``."""
    return tuple(SystemRandom().sample(LANGUAGES[language].words, COUNT))


def statement(language: str, words: Sequence[str]) -> str:
    """All that is to be said, to be read aloud."""
    said = LANGUAGES[language]
    return f"{said.sentence}. {said.lead}: {', '.join(words)}."
