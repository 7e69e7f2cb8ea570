# Tests of web3.py's suite that are not run, by name, and why.
RAW_ONLY = "eth_signTransaction answers the raw transaction, as anvil does and viem reads it; geth: {raw, tx}"
WORDING = "wants eth-tester's words for typed data that does not fit; it is refused, as -32602"
OWN_FAULT = "web3.py 7.16 fails before it sends: it takes each member of a mapping for a pair"
TOLD = "pretends to be a node that says nothing at first; this one says at once that it is not syncing"

skipped = {
    "test_async_eth_subscribe_syncing_mocked": TOLD,
    "test_async_eth_sign_transaction": RAW_ONLY,
    "test_async_eth_sign_transaction_ens_names": RAW_ONLY,
    "test_async_eth_sign_transaction_hex_fees": RAW_ONLY,
    "test_async_eth_sign_transaction_legacy": RAW_ONLY,
    "test_eth_sign_transaction": RAW_ONLY,
    "test_eth_sign_transaction_ens_names": RAW_ONLY,
    "test_eth_sign_transaction_hex_fees": RAW_ONLY,
    "test_eth_sign_transaction_legacy": RAW_ONLY,
    "TestAsyncEth.test_eth_sign_typed_data": OWN_FAULT,
    "test_invalid_eth_sign_typed_data": WORDING,
}
