"""Who a load's subscribers are: text in, a mix of areas, operators and devices or located errors out."""

from alertsim.swarm.population.mix import Kind, Population
from alertsim.swarm.population.read import population_schema, read_population

__all__ = ["Kind", "Population", "population_schema", "read_population"]
