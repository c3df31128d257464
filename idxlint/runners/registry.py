"""The migration tools that idxlint knows, the fallback first."""

from idxlint.runners.alembic.alembic_profile import ALEMBIC
from idxlint.runners.django.django_profile import DJANGO
from idxlint.runners.flyway.evolve import EVOLVE
from idxlint.runners.flyway.flyway_profile import FLYWAY
from idxlint.runners.liquibase.liquibase_profile import LIQUIBASE
from idxlint.runners.sections.dbmate import DBMATE
from idxlint.runners.sections.goose import GOOSE
from idxlint.runners.sections.node_pg_migrate import NODE_PG_MIGRATE
from idxlint.runners.sections.play_evolutions import PLAY
from idxlint.runners.sections.sql_migrate import SQL_MIGRATE
from idxlint.runners.sections.tern import TERN
from idxlint.runners.shared.profile import Profile
from idxlint.runners.tools.atlas import ATLAS
from idxlint.runners.tools.bun import BUN
from idxlint.runners.tools.dbup import DBUP
from idxlint.runners.tools.diesel import DIESEL
from idxlint.runners.tools.drizzle import DRIZZLE
from idxlint.runners.tools.golang_migrate import GOLANG_MIGRATE
from idxlint.runners.tools.graphile_migrate import GRAPHILE_MIGRATE
from idxlint.runners.tools.hasura import HASURA
from idxlint.runners.tools.migratus import MIGRATUS
from idxlint.runners.tools.morph import MORPH
from idxlint.runners.tools.popx import POPX
from idxlint.runners.tools.postgres_migrations import POSTGRES_MIGRATIONS
from idxlint.runners.tools.prisma import PRISMA, PRISMA_SIMPLE
from idxlint.runners.tools.psql import PSQL, PSQL_COMMAND, PSQL_SINGLE
from idxlint.runners.tools.refinery import REFINERY
from idxlint.runners.tools.sourcegraph import SOURCEGRAPH
from idxlint.runners.tools.sqitch import SQITCH
from idxlint.runners.tools.sqlx import SQLX
from idxlint.runners.tools.supabase import SUPABASE, SUPABASE_BATCH
from idxlint.runners.tools.yoyo import YOYO

PROFILES: tuple[Profile, ...] = (
    PSQL,
    GOLANG_MIGRATE,
    GOOSE,
    DBMATE,
    SQL_MIGRATE,
    TERN,
    SQLX,
    REFINERY,
    DIESEL,
    BUN,
    MIGRATUS,
    FLYWAY,
    LIQUIBASE,
    ATLAS,
    SQITCH,
    YOYO,
    NODE_PG_MIGRATE,
    MORPH,
    POPX,
    PLAY,
    DBUP,
    SOURCEGRAPH,
    PSQL_SINGLE,
    PSQL_COMMAND,
    EVOLVE,
    PRISMA,
    PRISMA_SIMPLE,
    SUPABASE,
    SUPABASE_BATCH,
    DRIZZLE,
    HASURA,
    POSTGRES_MIGRATIONS,
    GRAPHILE_MIGRATE,
    DJANGO,
    ALEMBIC,
)
