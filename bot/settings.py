"""Everything an operator can set, read once from the environment or a `.env` file beside the project."""

from pathlib import Path
from typing import Self

from pydantic import Field, HttpUrl, PositiveFloat, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator can set. Unset, the bot keeps its data in `./data` and speaks to Telegram itself."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    telegram_bot_token: SecretStr | None = None
    telegram_api_url: HttpUrl = Field(default=HttpUrl("https://api.telegram.org"))
    data_dir: Path = Path("data")
    database_url: str = ""
    faq_dir: Path | None = None
    """A clinic's own FAQ entries, added to ours or in their place."""
    messages_per_second: PositiveFloat = 29.0
    """Telegram lets a bot send about 30 a second to all chats together, more where paid broadcast is on."""

    @field_validator("telegram_bot_token", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("database_url")
    @classmethod
    def _known_kind(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("it must start with sqlite:/// or postgresql://")
        return value

    @model_validator(mode="after")
    def _database_in_data_dir(self) -> Self:
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir / 'backtrack.db'}")
        return self
