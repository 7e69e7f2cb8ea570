# What a WebSocket is told of, on a connection that nothing else has used.
from web3._utils.module_testing.persistent_connection_provider import (
    PersistentConnectionProviderTest,
)

IS_PERSISTENT = True


class TestSubscriptions(PersistentConnectionProviderTest):
    pass
