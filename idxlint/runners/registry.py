"""The migration tools that idxlint knows, the fallback first."""

from idxlint.runners.alembic import ALEMBIC
from idxlint.runners.atlas import ATLAS
from idxlint.runners.bun import BUN
from idxlint.runners.dbmate import DBMATE
from idxlint.runners.dbup import DBUP
from idxlint.runners.diesel import DIESEL
from idxlint.runners.django import DJANGO
from idxlint.runners.drizzle import DRIZZLE
from idxlint.runners.evolve import EVOLVE
from idxlint.runners.flyway import FLYWAY
from idxlint.runners.golang_migrate import GOLANG_MIGRATE
from idxlint.runners.goose import GOOSE
from idxlint.runners.graphile_migrate import GRAPHILE_MIGRATE
from idxlint.runners.hasura import HASURA
from idxlint.runners.liquibase import LIQUIBASE
from idxlint.runners.migratus import MIGRATUS
from idxlint.runners.morph import MORPH
from idxlint.runners.node_pg_migrate import NODE_PG_MIGRATE
from idxlint.runners.play import PLAY
from idxlint.runners.popx import POPX
from idxlint.runners.postgres_migrations import POSTGRES_MIGRATIONS
from idxlint.runners.prisma import PRISMA
from idxlint.runners.prisma_simple import PRISMA_SIMPLE
from idxlint.runners.profile import Profile
from idxlint.runners.psql import PSQL, PSQL_COMMAND, PSQL_SINGLE
from idxlint.runners.refinery import REFINERY
from idxlint.runners.sourcegraph import SOURCEGRAPH
from idxlint.runners.sqitch import SQITCH
from idxlint.runners.sql_migrate import SQL_MIGRATE
from idxlint.runners.sqlx import SQLX
from idxlint.runners.supabase import SUPABASE
from idxlint.runners.supabase_batch import SUPABASE_BATCH
from idxlint.runners.tern import TERN
from idxlint.runners.yoyo import YOYO

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
