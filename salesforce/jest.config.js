const { jestConfig } = require("@salesforce/sfdx-lwc-jest/config");

module.exports = {
    ...jestConfig,
    modulePathIgnorePatterns: ["<rootDir>/dist"],
    moduleNameMapper: {
        ...jestConfig.moduleNameMapper,
        "^lightning/navigation$": "<rootDir>/tests/mocks/navigation"
    }
};
