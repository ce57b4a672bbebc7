"""Tables of areas. One row for each code that was ever in use; an abolished area keeps its row."""

from django.db import models
from django.db.models import Q

from dtks.foundation.areas.domain import Kind

KINDS = [str(kind) for kind in Kind]
FROM_1_TO_3 = (
    "access_level",
    "hazard_level",
    "hazard_flood",
    "hazard_landslide",
    "hazard_earthquake",
    "hazard_tsunami",
    "hazard_volcano",
    "hazard_drought",
)


class Area(models.Model):
    """An area of any level. ``number`` is the code filled up to ten digits: an area and all that lies in it
    is one range of numbers, which an index serves on every database.

    ``valid_from`` empty: it existed before the records begin; ``valid_to`` empty: it still exists.
    """

    code = models.CharField(max_length=13, primary_key=True)
    number = models.BigIntegerField(unique=True)
    level = models.SmallIntegerField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=100)
    search_name = models.CharField(max_length=100, db_index=True)
    kind = models.CharField(max_length=10)
    timezone = models.CharField(max_length=4)
    bps_code = models.CharField(max_length=10, null=True)  # noqa: DJ001 - null: none known
    postal_code = models.CharField(max_length=5, null=True)  # noqa: DJ001 - null: not known

    population = models.BigIntegerField(null=True)
    population_male = models.BigIntegerField(null=True)
    population_female = models.BigIntegerField(null=True)
    area_km2 = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    distance_to_centre_km = models.FloatField(null=True)

    # From a table of an authority (`areas load --attributes`); loading the reference leaves them alone.
    access_level = models.SmallIntegerField(null=True)
    hazard_level = models.SmallIntegerField(null=True)
    hazard_flood = models.SmallIntegerField(null=True)
    hazard_landslide = models.SmallIntegerField(null=True)
    hazard_earthquake = models.SmallIntegerField(null=True)
    hazard_tsunami = models.SmallIntegerField(null=True)
    hazard_volcano = models.SmallIntegerField(null=True)
    hazard_drought = models.SmallIntegerField(null=True)

    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["level", "number"], name="area_level_number"),
            models.Index(fields=["bps_code"], condition=Q(bps_code__isnull=False), name="area_bps_code"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(level__range=(1, 4)), name="area_level"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="area_kind"),
            models.CheckConstraint(condition=Q(timezone__in=["WIB", "WITA", "WIT"]), name="area_timezone"),
            models.CheckConstraint(
                condition=Q(level=1, parent=None) | Q(level__gt=1, parent__isnull=False), name="area_parent"
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="area_validity",
            ),
            models.CheckConstraint(
                condition=Q(lat=None, lon=None) | Q(lat__range=(-12, 8), lon__range=(94, 142)),
                name="area_in_indonesia",
            ),
            *[
                models.CheckConstraint(
                    condition=Q(**{field: None}) | Q(**{f"{field}__range": (1, 3)}), name=f"area_{field}"
                )
                for field in FROM_1_TO_3
            ],
        )


class AreaSuccession(models.Model):
    """One area's code was replaced by another's on a day, by a law: a split, a merger or a renumbering.

    Several rows with one old code: it was split. The old code need not be an ``Area`` row: it may have
    ended before the records begin.
    """

    old_code = models.CharField(max_length=13, db_index=True)
    new_area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    since = models.DateField()
    law = models.CharField(max_length=60)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["old_code", "new_area"], name="one_succession_each"),)
