# The same over a WebSocket.
from web3._utils.module_testing import (
    AsyncEthModuleTest,
    AsyncNetModuleTest,
)
from web3._utils.module_testing.web3_module import AsyncWeb3ModuleTest

from test_http import ClientVersion

IS_PERSISTENT = True


class TestAsyncEth(AsyncEthModuleTest):
    pass


class TestAsyncNet(AsyncNetModuleTest):
    pass


class TestAsyncWeb3(ClientVersion, AsyncWeb3ModuleTest):
    pass
