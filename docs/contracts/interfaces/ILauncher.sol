// SPDX-License-Identifier: MIT
pragma solidity >=0.8.4;

interface ILauncher {
    function supportsInterface(bytes4 id) external view returns (bool);
    function launch(bytes32 template, bytes calldata params) external returns (address[] memory instances);
    function preview(bytes32 template, bytes calldata params) external view returns (address[] memory instances);
    function count() external view returns (uint256);
    function at(uint256 index) external view returns (address);
    function isLaunched(address instance) external view returns (bool);
    function describe(address instance) external view returns (string memory);
    function templateOf(address instance) external view returns (bytes32);
    function missionOf(address instance) external view returns (bytes32);
    event Launched(address indexed by, bytes32 indexed template, address indexed instance, bytes32 record);
    error UnknownTemplate(bytes32 template);
    error UnknownIndex(uint256 index, uint256 count);
    error NotLaunchedHere(address instance);
    error OpenedForAnother(address steward, address caller);
    error InvalidArguments();
    error ReentrancyGuardReentrantCall();
}
