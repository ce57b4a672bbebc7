"""Tables of the register, one file per data component."""

from dtks.registration.registry.models.assistance import (
    AssistanceHistory,
    AssistancePreference,
    FamilyAssistance,
    PersonAssistance,
)
from dtks.registration.registry.models.demographic import FamilyCard, PersonDemographics
from dtks.registration.registry.models.facts import Component, Fact
from dtks.registration.registry.models.geospatial import Domicile
from dtks.registration.registry.models.groupings import (
    CivilRegistryTask,
    Family,
    FamilyMembership,
    Household,
    HouseholdMembership,
    Person,
    Recording,
)
from dtks.registration.registry.models.health import PersonHealth
from dtks.registration.registry.models.potential import FamilyPotential, PersonPotential
from dtks.registration.registry.models.socio_economic import Assets, Dwelling, Livelihood, PovertyCriteria
from dtks.registration.registry.models.special import PersonSpecial
from dtks.registration.registry.models.visit import EnumerationVisit

__all__ = [
    "Assets",
    "AssistanceHistory",
    "AssistancePreference",
    "CivilRegistryTask",
    "Component",
    "Domicile",
    "Dwelling",
    "EnumerationVisit",
    "Fact",
    "Family",
    "FamilyAssistance",
    "FamilyCard",
    "FamilyMembership",
    "FamilyPotential",
    "Household",
    "HouseholdMembership",
    "Livelihood",
    "Person",
    "PersonAssistance",
    "PersonDemographics",
    "PersonHealth",
    "PersonPotential",
    "PersonSpecial",
    "PovertyCriteria",
    "Recording",
]
