"""How does Flyte use a product that has an HTTP API? A task class for users, a connector for the platform.

`pyflyte serve connector --modules paid_connector` imports this package, and finds the connector in it.
"""

from paid_connector import connector as connector  # registers it
from paid_connector.task import PaidJob as PaidJob
from paid_connector.task import PaidTask as PaidTask
