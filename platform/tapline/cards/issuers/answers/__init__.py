"""What issuers answer to settlements, line by line."""

from tapline.cards.issuers.answers.model import Answer, AnsweredLine, AnswerVerdict
from tapline.cards.issuers.answers.service import listed, take, words_of

__all__ = ["Answer", "AnswerVerdict", "AnsweredLine", "listed", "take", "words_of"]
