// SPDX-License-Identifier: MIT
pragma solidity >=0.8.4;

interface IFeedFace {
    function decimals() external view returns (uint8);
    function description() external view returns (string memory);
    function version() external view returns (uint256);
    function latestRoundData() external view returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
    function getRoundData(uint80 id) external view returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
    function price() external view returns (uint256);
    function getQuote(uint256 baseAmount, address base, address quote) external view returns (uint256 quoteAmount);
    function feed() external view returns (bytes32);
    function feeds() external view returns (address);
    error InvalidArguments();
    error InvalidAnswer(address target, bytes4 selector);
    error FeedNotOpen(bytes32 feed, uint8 status);
    error NoPrice(bytes32 feed);
    error UnknownRound(bytes32 feed, uint256 round);
    error OracleUnsupportedPair(address base, address quote);
    error OracleUntrustedData(address base, address quote);
    error ReentrancyGuardReentrantCall();
}
