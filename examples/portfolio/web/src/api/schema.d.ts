// Made by `npm run types` of the API's OpenAPI document. Not written by hand.
// 825e9a51d8e419bd7f1a6484b6b993e1f8c37e63c012647b44948ca1143b3f8d

export interface paths {
    "/api/deleted": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was deleted in the last week and is not brought back, the last first.
         * @description What was deleted in the last week and is not brought back, the last first.
         */
        get: operations["listDeleted"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deleted/{deletedId}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring back what was deleted, with all that belonged to it, under its old ids.
         * @description Bring back what was deleted, with all that belonged to it, under its old ids. Refused with 409 when something else has its place, and with 422 when later entries do not go with it.
         */
        post: operations["restoreDeleted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dividends": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Dividends, newest ex-dividend date first.
         * @description Dividends, newest ex-dividend date first.
         */
        get: operations["listDividends"];
        put?: never;
        /**
         * Enter a dividend: its amount follows from the shares held when the record date ended.
         * @description Enter a dividend: its amount follows from the shares held when the record date ended.
         */
        post: operations["createDividend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dividends/{dividendId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A dividend.
         * @description A dividend.
         */
        get: operations["getDividend"];
        /**
         * Change a dividend.
         * @description Change a dividend. Without the reinvestment's figures a stock dividend is pending again.
         */
        put: operations["updateDividend"];
        post?: never;
        /**
         * Delete a dividend and its reinvestment.
         * @description Delete a dividend and its reinvestment. Refused when those shares were sold later.
         */
        delete: operations["deleteDividend"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This API as a page, with nothing from elsewhere.
         * @description This API as a page, with nothing from elsewhere.
         */
        get: operations["docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange-rate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The rate that counts on a day: the nearest earlier one, turned round if need be.
         * @description The rate that counts on a day: the nearest earlier one, turned round if need be. 404 when there is none.
         */
        get: operations["findRate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange-rates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The rates that were entered, newest first.
         * @description The rates that were entered, newest first.
         */
        get: operations["listRates"];
        /**
         * Enter a rate, or correct it; all figures it is in are made again.
         * @description Enter a rate, or correct it; all figures it is in are made again.
         */
        put: operations["setRate"];
        post?: never;
        /**
         * Delete the rate of a pair and a day.
         * @description Delete the rate of a pair and a day.
         */
        delete: operations["deleteRate"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything, as CSV files in one archive.
         * @description Everything, as CSV files in one archive.
         */
        get: operations["exportEverything"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/export/{sheet}.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One file of the export: all portfolios, all funds, and so on.
         * @description One file of the export: all portfolios, all funds, and so on.
         */
        get: operations["exportSheet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/funds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All funds and stocks, by name, each with its latest price.
         * @description All funds and stocks, by name, each with its latest price.
         */
        get: operations["listFunds"];
        put?: never;
        /**
         * Enter a fund or stock.
         * @description Enter a fund or stock. Its ISIN is its own.
         */
        post: operations["createFund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/funds/{fundId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A fund or stock with its latest price.
         * @description A fund or stock with its latest price.
         */
        get: operations["getFund"];
        /**
         * Change a fund.
         * @description Change a fund. Another currency makes the figures of all who hold it again.
         */
        put: operations["updateFund"];
        post?: never;
        /**
         * Delete a fund with its prices.
         * @description Delete a fund with its prices. Refused while a portfolio has it.
         */
        delete: operations["deleteFund"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/funds/{fundId}/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A fund's closing prices, newest first.
         * @description A fund's closing prices, newest first.
         */
        get: operations["listPrices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/funds/{fundId}/prices/{day}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The closing price of a day, or the nearest earlier one.
         * @description The closing price of a day, or the nearest earlier one.
         */
        get: operations["getPrice"];
        /**
         * Enter a closing price, or correct it.
         * @description Enter a closing price, or correct it.
         */
        put: operations["setPrice"];
        post?: never;
        /**
         * Delete a closing price; the one before stands in.
         * @description Delete a closing price; the one before stands in.
         */
        delete: operations["deletePrice"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/funds/{fundId}/prices/update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fetch a fund's prices.
         * @description Fetch a fund's prices.
         */
        post: operations["updatePrices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/funds/{fundId}/splits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A fund's splits, oldest first.
         * @description A fund's splits, oldest first.
         */
        get: operations["listSplits"];
        put?: never;
        /**
         * Enter a split: before trading begins that day, in every portfolio.
         * @description Enter a split: before trading begins that day, in every portfolio.
         */
        post: operations["createSplit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/funds/{fundId}/splits/{splitId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a split.
         * @description Delete a split. Refused when shares were sold that there are only by it.
         */
        delete: operations["deleteSplit"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/funds/{fundId}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which portfolios have a fund, and how many transactions in it.
         * @description Which portfolios have a fund, and how many transactions in it.
         */
        get: operations["fundUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/funds/update-all-prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fetch the prices of every fund with a symbol.
         * @description Fetch the prices of every fund with a symbol. A fund that fails stops no other.
         */
        post: operations["updateAllPrices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the app can work.
         * @description Whether the app can work. 503 when the database is away.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/everything": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take in an archive of /api/export, all or nothing.
         * @description Take in an archive of /api/export, all or nothing. Refused with 409 where there are portfolios or funds already.
         */
        post: operations["importEverything"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import a file of closing prices, all or nothing; days that are there are replaced.
         * @description Import a file of closing prices, all or nothing; days that are there are replaced.
         */
        post: operations["importPrices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/prices/template": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a file of prices has to look like.
         * @description What a file of prices has to look like.
         */
        get: operations["priceTemplate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import a file of transactions, all or nothing; with ``preview`` only say what would happen.
         * @description Import a file of transactions, all or nothing; with ``preview`` only say what would happen.
         */
        post: operations["importTransactions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/transactions/template": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a file of transactions has to look like.
         * @description What a file of transactions has to look like.
         */
        get: operations["transactionTemplate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{jobId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A job.
         * @description A job. Ask again every second or so until ``state`` is done or failed. It is kept for a week.
         */
        get: operations["getJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/import-transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import a file of transactions, all or nothing, however long it takes.
         * @description Import a file of transactions, all or nothing, however long it takes.
         */
        post: operations["startImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/update-prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fetch the prices of every fund with a symbol, however long it takes.
         * @description Fetch the prices of every fund with a symbol, however long it takes.
         */
        post: operations["startPriceUpdate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lines of the log.
         * @description Lines of the log.
         */
        get: operations["listLogs"];
        put?: never;
        post?: never;
        /**
         * Delete all lines of the log.
         * @description Delete all lines of the log. That it was cleared is its first line.
         */
        delete: operations["clearLogs"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/logs/choices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The levels, categories and sources that lines of the log have.
         * @description The levels, categories and sources that lines of the log have.
         */
        get: operations["logChoices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This API as an OpenAPI 3.1 document.
         * @description This API as an OpenAPI 3.1 document.
         */
        get: operations["openapiDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change the password; every browser is logged out.
         * @description Change the password; every browser is logged out.
         */
        put: operations["changePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/portfolio-funds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The funds of a portfolio, or of all, with what they are worth today.
         * @description The funds of a portfolio, or of all, with what they are worth today.
         */
        get: operations["listPositions"];
        put?: never;
        /**
         * Add a fund to a portfolio.
         * @description Add a fund to a portfolio.
         */
        post: operations["createPosition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/portfolio-funds/{positionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take a fund out of a portfolio, with its transactions and dividends when that is confirmed.
         * @description Take a fund out of a portfolio, with its transactions and dividends when that is confirmed.
         */
        delete: operations["deletePosition"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/portfolio-funds/{positionId}/transactions.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A position's transactions, as an import takes them.
         * @description A position's transactions, as an import takes them.
         */
        get: operations["exportPosition"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/portfolio-history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Each day of the overview's portfolios, or of one whether it is in there or not, and of all together in the currency of the settings.
         * @description Each day of the overview's portfolios, or of one whether it is in there or not, and of all together in the currency of the settings.
         */
        get: operations["portfolioHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/portfolio-summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All portfolios that are neither archived nor excluded, with their sums, and the sum of all.
         * @description All portfolios that are neither archived nor excluded, with their sums, and the sum of all.
         */
        get: operations["overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/portfolios": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All portfolios, by name.
         * @description All portfolios, by name.
         */
        get: operations["listPortfolios"];
        put?: never;
        /**
         * Make a portfolio.
         * @description Make a portfolio.
         */
        post: operations["createPortfolio"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/portfolios/{portfolioId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A portfolio and its sums of today, in its base currency.
         * @description A portfolio and its sums of today, in its base currency. Archived ones too.
         */
        get: operations["getPortfolio"];
        /**
         * Change a portfolio.
         * @description Change a portfolio. Another currency or method makes all its figures again.
         */
        put: operations["updatePortfolio"];
        post?: never;
        /**
         * Delete a portfolio with all its transactions and dividends.
         * @description Delete a portfolio with all its transactions and dividends.
         */
        delete: operations["deletePortfolio"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/portfolios/{portfolioId}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a portfolio away: it leaves the overview, and can be brought back.
         * @description Put a portfolio away: it leaves the overview, and can be brought back.
         */
        post: operations["archivePortfolio"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/portfolios/{portfolioId}/fund-history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Each day of a portfolio's funds, in the funds' currencies.
         * @description Each day of a portfolio's funds, in the funds' currencies. Funds that were sold stay.
         */
        get: operations["fundHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/portfolios/{portfolioId}/returns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Rates of return over some days; without dates since the portfolio began.
         * @description Rates of return over some days; without dates since the portfolio began.
         */
        get: operations["portfolioReturns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/portfolios/{portfolioId}/unarchive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring a portfolio back.
         * @description Bring a portfolio back.
         */
        post: operations["unarchivePortfolio"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is logged in.
         * @description Who is logged in. 401 when nobody is.
         */
        get: operations["getSession"];
        put?: never;
        /**
         * Log in.
         * @description Log in. Five wrong passwords, and this address waits for a quarter of an hour.
         */
        post: operations["logIn"];
        /**
         * Log out: the cookie is worth nothing from now on, wherever it has gone.
         * @description Log out: the cookie is worth nothing from now on, wherever it has gone.
         */
        delete: operations["logOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The browsers that are logged in.
         * @description The browsers that are logged in.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        /**
         * Log out every browser, this one too.
         * @description Log out every browser, this one too.
         */
        delete: operations["logOutEverywhere"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The settings.
         * @description The settings.
         */
        get: operations["getSettings"];
        /**
         * Change some settings.
         * @description Change some settings.
         */
        put: operations["changeSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/symbols/{symbol}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the provider knows of a symbol; it is asked once a week.
         * @description What the provider knows of a symbol; it is asked once a week.
         */
        get: operations["lookUpSymbol"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The API tokens.
         * @description The API tokens.
         */
        get: operations["listTokens"];
        put?: never;
        /**
         * Make an API token for a script.
         * @description Make an API token for a script. What it says is shown this once.
         */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens/{tokenId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take an API token back.
         * @description Take an API token back.
         */
        delete: operations["deleteToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Transactions in an order.
         * @description Transactions in an order.
         */
        get: operations["listTransactions"];
        put?: never;
        /**
         * Enter a transaction, anywhere in time: what follows it is made again.
         * @description Enter a transaction, anywhere in time: what follows it is made again. Refused if it cannot be.
         */
        post: operations["createTransaction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transactions/{transactionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A transaction.
         * @description A transaction.
         */
        get: operations["getTransaction"];
        /**
         * Change a transaction; what follows it is made again.
         * @description Change a transaction; what follows it is made again.
         */
        put: operations["updateTransaction"];
        post?: never;
        /**
         * Delete a transaction.
         * @description Delete a transaction. Refused when shares were sold later that there are only by it.
         */
        delete: operations["deleteTransaction"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The version of the app, and of its database.
         * @description The version of the app, and of its database.
         */
        get: operations["appVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Credentials
         * @description Who logs in.
         */
        Credentials: {
            /** Email */
            email: string;
            /** Password */
            password: string;
        };
        /**
         * DeletedOut
         * @description Something that was deleted, and until when it can be brought back.
         */
        DeletedOut: {
            /** Date */
            date: string | null;
            /**
             * Deletedat
             * Format: date-time
             */
            deletedAt: string;
            /** Id */
            id: string;
            /**
             * Keptuntil
             * Format: date-time
             */
            keptUntil: string;
            /** Kind */
            kind: string;
            /** Name */
            name: string;
        };
        /**
         * DividendIn
         * @description A dividend as it is entered. Shares and price of the reinvestment belong to stock dividends, and to
         *     each other.
         */
        DividendIn: {
            /**
             * Buyorderdate
             * @default null
             */
            buyOrderDate: string | null;
            /** Dividendpershare */
            dividendPerShare: string | number;
            /**
             * Exdividenddate
             * Format: date
             */
            exDividendDate: string;
            /** Portfoliofundid */
            portfolioFundId: string;
            /**
             * Recorddate
             * Format: date
             */
            recordDate: string;
            /**
             * Reinvestmentprice
             * @default null
             */
            reinvestmentPrice: string | number | null;
            /**
             * Reinvestmentshares
             * @default null
             */
            reinvestmentShares: string | number | null;
        };
        /**
         * DividendOut
         * @description A dividend. A stock dividend is PENDING until it is reinvested; ``cashAmount`` is what came as
         *     money.
         */
        DividendOut: {
            /** Buyorderdate */
            buyOrderDate: string | null;
            /** Cashamount */
            cashAmount: string;
            /** Currency */
            currency: string;
            /** Dividendpershare */
            dividendPerShare: string;
            /** Dividendtype */
            dividendType: string;
            /**
             * Exdividenddate
             * Format: date
             */
            exDividendDate: string;
            /** Fundid */
            fundId: string;
            /** Fundname */
            fundName: string;
            /** Id */
            id: string;
            /** Portfoliofundid */
            portfolioFundId: string;
            /** Portfolioid */
            portfolioId: string;
            /**
             * Recorddate
             * Format: date
             */
            recordDate: string;
            /** Reinvestmentdate */
            reinvestmentDate: string | null;
            /** Reinvestmentprice */
            reinvestmentPrice: string | null;
            /** Reinvestmentshares */
            reinvestmentShares: string | null;
            /** Reinvestmentstatus */
            reinvestmentStatus: string;
            /** Sharesowned */
            sharesOwned: string;
            /** Totalamount */
            totalAmount: string;
            /** Version */
            version: number;
        };
        /**
         * FailedFund
         * @description A fund that has no new prices, and why.
         */
        FailedFund: {
            /** Error */
            error: string;
            /** Fundid */
            fundId: string;
            /** Name */
            name: string;
        };
        /**
         * FundHistory
         * @description Days, and for each fund of a portfolio a figure for each day.
         */
        FundHistory: {
            /** Dates */
            dates: string[];
            /** Funds */
            funds: components["schemas"]["FundSeries"][];
        };
        /**
         * FundIn
         * @description A fund or stock as it is entered.
         */
        FundIn: {
            /** Currency */
            currency: string;
            /**
             * Dividendtype
             * @default none
             * @enum {string}
             */
            dividendType: "none" | "cash" | "stock";
            /**
             * Exchange
             * @default
             */
            exchange: string;
            /**
             * Investmenttype
             * @default fund
             * @enum {string}
             */
            investmentType: "fund" | "stock";
            /** Isin */
            isin: string;
            /** Name */
            name: string;
            /**
             * Symbol
             * @default null
             */
            symbol: string | null;
        };
        /**
         * FundOut
         * @description A fund or stock, with its latest price.
         */
        FundOut: {
            /** Currency */
            currency: string;
            /** Dividendtype */
            dividendType: string;
            /** Exchange */
            exchange: string;
            /** Id */
            id: string;
            /** Investmenttype */
            investmentType: string;
            /** Isin */
            isin: string;
            /**
             * Latestprice
             * @default null
             */
            latestPrice: string | null;
            /**
             * Latestpricedate
             * @default null
             */
            latestPriceDate: string | null;
            /** Name */
            name: string;
            /** Priceerror */
            priceError: string | null;
            /** Symbol */
            symbol: string | null;
            /** Version */
            version: number;
        };
        /**
         * FundSeries
         * @description One fund of a portfolio day by day, in the fund's currency; null where it was not held yet.
         */
        FundSeries: {
            /** Cost */
            cost: (string | null)[];
            /** Currency */
            currency: string;
            /** Dividends */
            dividends: (string | null)[];
            /** Fees */
            fees: (string | null)[];
            /** Fundid */
            fundId: string;
            /** Fundname */
            fundName: string;
            /** Gain */
            gain: (string | null)[];
            /** Portfoliofundid */
            portfolioFundId: string;
            /** Price */
            price: (string | null)[];
            /** Realized */
            realized: (string | null)[];
            /** Shares */
            shares: (string | null)[];
            /** Unrealized */
            unrealized: (string | null)[];
            /** Value */
            value: (string | null)[];
        };
        /**
         * Health
         * @description Whether the database answers, and is as this version of the app wants it.
         */
        Health: {
            /** Database */
            database: string;
            /** Migrationneeded */
            migrationNeeded: boolean;
            /** Status */
            status: string;
        };
        /**
         * History
         * @description Days, and for each portfolio a figure for each day. ``total`` is in the currency of the settings.
         */
        History: {
            /** Dates */
            dates: string[];
            /** Missingrates */
            missingRates: string[];
            /** Portfolios */
            portfolios: components["schemas"]["Series"][];
            total: components["schemas"]["Series"] | null;
        };
        /**
         * Imported
         * @description What came of a file; of a preview what would come of it. ``rows`` are the first hundred.
         */
        Imported: {
            /** Dateformat */
            dateFormat: string;
            /** Duplicatecount */
            duplicateCount: number;
            /** Faultcount */
            faultCount: number;
            /** Faults */
            faults: components["schemas"]["RowFault"][];
            /** Imported */
            imported: number;
            /** Rows */
            rows: components["schemas"]["TransactionRow"][];
            /** Skipped */
            skipped: number;
            /** Warnings */
            warnings: string[];
        };
        /**
         * JobOut
         * @description A job: how far it is (``done`` of ``total`` funds or rows), and what came of it.
         */
        JobOut: {
            /** Done */
            done: number;
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "prices" | "transactions";
            /**
             * Madeat
             * Format: date-time
             */
            madeAt: string;
            problem: components["schemas"]["JobProblem"] | null;
            /** Result */
            result: components["schemas"]["UpdatedAll"] | components["schemas"]["Imported"] | null;
            /** Stage */
            stage: string;
            /**
             * State
             * @enum {string}
             */
            state: "waiting" | "running" | "done" | "failed";
            /** Total */
            total: number;
        };
        /**
         * JobProblem
         * @description Why nothing came of a job; ``rows`` are the lines of a file that are wrong.
         */
        JobProblem: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /** Rows */
            rows?: components["schemas"]["RowFault"][];
        };
        /**
         * LogChoices
         * @description What lines can be chosen by.
         */
        LogChoices: {
            /** Categories */
            categories: string[];
            /** Levels */
            levels: string[];
            /** Sources */
            sources: string[];
        };
        /**
         * LoginOut
         * @description A browser that is logged in.
         */
        LoginOut: {
            /** Address */
            address: string;
            /**
             * Beganat
             * Format: date-time
             */
            beganAt: string;
            /**
             * Endsat
             * Format: date-time
             */
            endsAt: string;
            /**
             * Seenat
             * Format: date-time
             */
            seenAt: string;
            /** This */
            this: boolean;
            /** Useragent */
            userAgent: string;
        };
        /**
         * LogLine
         * @description One line of the log.
         */
        LogLine: {
            /** Address */
            address: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Category */
            category: string;
            /** Details */
            details: unknown;
            /** Httpstatus */
            httpStatus: number | null;
            /** Level */
            level: string;
            /** Message */
            message: string;
            /** Number */
            number: number;
            /** Requestid */
            requestId: string;
            /** Source */
            source: string;
            /** Stacktrace */
            stackTrace: string;
            /** Useragent */
            userAgent: string;
        };
        /**
         * LogPage
         * @description Lines, and where the list goes on.
         */
        LogPage: {
            /** Items */
            items: components["schemas"]["LogLine"][];
            /** Nextcursor */
            nextCursor: string | null;
        };
        /**
         * NewToken
         * @description A token with what it says, which is shown this once.
         */
        NewToken: {
            /**
             * Createdat
             * Format: date-time
             */
            createdAt: string;
            /** Expiresat */
            expiresAt: string | null;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Scope */
            scope: string;
            /** Token */
            token: string;
            /** Usedat */
            usedAt: string | null;
        };
        /**
         * Overview
         * @description All portfolios of the overview, and their sum in the currency of the settings.
         */
        Overview: {
            /** Currency */
            currency: string;
            /** Missingrates */
            missingRates: string[];
            /** Portfolios */
            portfolios: components["schemas"]["PortfolioWithTotals"][];
            total: components["schemas"]["Totals"];
        };
        /**
         * PasswordIn
         * @description The password of now, and a new one of twelve characters or more.
         */
        PasswordIn: {
            /** Currentpassword */
            currentPassword: string;
            /** Newpassword */
            newPassword: string;
        };
        /**
         * PortfolioIn
         * @description A portfolio as it is entered.
         */
        PortfolioIn: {
            /**
             * Currency
             * @default EUR
             */
            currency: string;
            /**
             * Description
             * @default
             */
            description: string;
            /**
             * Excludefromoverview
             * @default false
             */
            excludeFromOverview: boolean;
            /**
             * Method
             * @default average
             * @enum {string}
             */
            method: "average" | "fifo";
            /** Name */
            name: string;
        };
        /**
         * PortfolioOut
         * @description A portfolio.
         */
        PortfolioOut: {
            /** Currency */
            currency: string;
            /** Description */
            description: string;
            /** Excludefromoverview */
            excludeFromOverview: boolean;
            /** Id */
            id: string;
            /** Isarchived */
            isArchived: boolean;
            /** Method */
            method: string;
            /** Name */
            name: string;
            /** Version */
            version: number;
        };
        /**
         * PortfolioWithTotals
         * @description A portfolio with its sums in its base currency; ``missing`` positions are in none, for want of a
         *     rate.
         */
        PortfolioWithTotals: {
            /** Currency */
            currency: string;
            /** Description */
            description: string;
            /** Excludefromoverview */
            excludeFromOverview: boolean;
            /** Id */
            id: string;
            /** Isarchived */
            isArchived: boolean;
            /** Method */
            method: string;
            /** Missing */
            missing: number;
            /** Name */
            name: string;
            /** Performance */
            performance: string | null;
            /** Totalcost */
            totalCost: string;
            /** Totaldividends */
            totalDividends: string;
            /** Totalfees */
            totalFees: string;
            /** Totalgainloss */
            totalGainLoss: string;
            /** Totaloriginalcost */
            totalOriginalCost: string;
            /** Totalrealizedgainloss */
            totalRealizedGainLoss: string;
            /** Totalreturn */
            totalReturn: string | null;
            /** Totalsaleproceeds */
            totalSaleProceeds: string;
            /** Totalunrealizedgainloss */
            totalUnrealizedGainLoss: string;
            /** Totalvalue */
            totalValue: string;
            /** Version */
            version: number;
        };
        /**
         * PositionIn
         * @description A fund that a portfolio is to hold.
         */
        PositionIn: {
            /** Fundid */
            fundId: string;
            /** Portfolioid */
            portfolioId: string;
        };
        /**
         * PositionOut
         * @description A fund in a portfolio, in the fund's currency; ``base`` figures in the portfolio's, or null for want of
         *     a rate.
         */
        PositionOut: {
            /** Averagecost */
            averageCost: string;
            /** Basecost */
            baseCost: string | null;
            /** Basegainloss */
            baseGainLoss: string | null;
            /** Basevalue */
            baseValue: string | null;
            /** Currency */
            currency: string;
            /** Currentvalue */
            currentValue: string;
            /** Dividendtype */
            dividendType: string;
            /** Fundid */
            fundId: string;
            /** Fundname */
            fundName: string;
            /** Id */
            id: string;
            /** Investmenttype */
            investmentType: string;
            /** Isin */
            isin: string;
            /** Latestprice */
            latestPrice: string | null;
            /** Missingrate */
            missingRate: string | null;
            /** Performance */
            performance: string | null;
            /** Portfolioid */
            portfolioId: string;
            /** Realizedgainloss */
            realizedGainLoss: string;
            /** Symbol */
            symbol: string | null;
            /** Totalcost */
            totalCost: string;
            /** Totaldividends */
            totalDividends: string;
            /** Totalfees */
            totalFees: string;
            /** Totalgainloss */
            totalGainLoss: string;
            /** Totalshares */
            totalShares: string;
            /** Unrealizedgainloss */
            unrealizedGainLoss: string;
        };
        /**
         * PriceIn
         * @description A closing price as it is entered.
         */
        PriceIn: {
            /** Price */
            price: string | number;
        };
        /**
         * PriceOut
         * @description A closing price.
         */
        PriceOut: {
            /**
             * Date
             * Format: date
             */
            date: string;
            /** Price */
            price: string;
        };
        /**
         * PricePage
         * @description Prices, and where the list goes on.
         */
        PricePage: {
            /** Items */
            items: components["schemas"]["PriceOut"][];
            /** Nextcursor */
            nextCursor: string | null;
        };
        /** @description RFC 9457. `code` is for programs; `errors` says what is wrong with what was sent. */
        Problem: {
            code: string;
            detail: string;
            errors?: {
                detail?: string;
                pointer?: string;
            }[];
            requestId?: string;
            status: number;
            title: string;
            type: string;
        };
        /**
         * RateFound
         * @description The rate that counts on a day: when it was quoted, and whether it is another one's inverse.
         */
        RateFound: {
            /**
             * Date
             * Format: date
             */
            date: string;
            /** Fromcurrency */
            fromCurrency: string;
            /** Inverse */
            inverse: boolean;
            /**
             * Quotedon
             * Format: date
             */
            quotedOn: string;
            /** Rate */
            rate: string;
            /** Tocurrency */
            toCurrency: string;
        };
        /**
         * RateIn
         * @description One ``fromCurrency`` buys ``rate`` of ``toCurrency``, from ``date`` on, today if it is left out.
         */
        RateIn: {
            /**
             * Date
             * @default null
             */
            date: string | null;
            /** Fromcurrency */
            fromCurrency: string;
            /** Rate */
            rate: string | number;
            /** Tocurrency */
            toCurrency: string;
        };
        /**
         * RateOut
         * @description A rate as it was entered.
         */
        RateOut: {
            /**
             * Date
             * Format: date
             */
            date: string;
            /** Fromcurrency */
            fromCurrency: string;
            /** Rate */
            rate: string;
            /** Tocurrency */
            toCurrency: string;
        };
        /**
         * Restored
         * @description How much there is now.
         */
        Restored: {
            /** Dividends */
            dividends: number;
            /** Funds */
            funds: number;
            /** Portfolios */
            portfolios: number;
            /** Prices */
            prices: number;
            /** Transactions */
            transactions: number;
        };
        /**
         * ReturnsOut
         * @description Rates of return as fractions; null where there is no such rate. Yearly ones need a year.
         */
        ReturnsOut: {
            /**
             * Enddate
             * Format: date
             */
            endDate: string;
            /** Moneyweighted */
            moneyWeighted: string | null;
            /**
             * Startdate
             * Format: date
             */
            startDate: string;
            /** Timeweighted */
            timeWeighted: string | null;
            /** Timeweightedyearly */
            timeWeightedYearly: string | null;
            /** Total */
            total: string | null;
        };
        /**
         * RowFault
         * @description What is wrong with a line of the file.
         */
        RowFault: {
            /** Column */
            column: string;
            /** Detail */
            detail: string;
            /** Line */
            line: number;
        };
        /**
         * Series
         * @description One portfolio day by day; null where it had not begun. Money is in its base currency.
         */
        Series: {
            /** Cost */
            cost: (string | null)[];
            /** Currency */
            currency: string;
            /** Dividends */
            dividends: (string | null)[];
            /** Gain */
            gain: (string | null)[];
            /** Id */
            id: string;
            /** Missing */
            missing: number;
            /** Name */
            name: string;
            /** Realized */
            realized: (string | null)[];
            /** Unrealized */
            unrealized: (string | null)[];
            /** Value */
            value: (string | null)[];
        };
        /**
         * SessionOut
         * @description Who is logged in, and what changes have to say in X-CSRF-Token.
         */
        SessionOut: {
            /** Csrftoken */
            csrfToken: string;
            /** Email */
            email: string;
        };
        /**
         * SettingsShape
         * @description The settings. In a change, what is left out stays.
         */
        SettingsShape: {
            /**
             * Currency
             * @default EUR
             */
            currency: string;
            /**
             * Dateformat
             * @default nl-NL
             * @enum {string}
             */
            dateFormat: "nl-NL" | "de-DE" | "en-GB" | "en-US" | "sv-SE";
            /**
             * Loggingenabled
             * @default true
             */
            loggingEnabled: boolean;
            /**
             * Logginglevel
             * @default info
             * @enum {string}
             */
            loggingLevel: "debug" | "info" | "warning" | "error" | "critical";
            /**
             * Numberformat
             * @default nl-NL
             * @enum {string}
             */
            numberFormat: "nl-NL" | "de-DE" | "en-GB" | "en-US";
            /**
             * Priceprovider
             * @default yahoo
             * @enum {string}
             */
            priceProvider: "yahoo" | "csv" | "fixed";
            /**
             * Theme
             * @default system
             * @enum {string}
             */
            theme: "system" | "light" | "dark";
            /**
             * Timezone
             * @default Europe/Amsterdam
             */
            timeZone: string;
        };
        /**
         * SplitIn
         * @description ``new`` shares for ``old`` ones.
         */
        SplitIn: {
            /**
             * Date
             * Format: date
             */
            date: string;
            /** New */
            new: number;
            /** Old */
            old: number;
        };
        /**
         * SplitOut
         * @description A split of a fund's shares.
         */
        SplitOut: {
            /**
             * Date
             * Format: date
             */
            date: string;
            /** Id */
            id: string;
            /** New */
            new: number;
            /** Old */
            old: number;
            /** Version */
            version: number;
        };
        /**
         * SymbolOut
         * @description What the provider knows of a symbol.
         */
        SymbolOut: {
            /**
             * Askedat
             * Format: date-time
             */
            askedAt: string;
            /** Currency */
            currency: string;
            /** Exchange */
            exchange: string;
            /** Isin */
            isin: string;
            /** Name */
            name: string;
            /** Symbol */
            symbol: string;
        };
        /**
         * Template
         * @description What a file has to look like.
         */
        Template: {
            /** Description */
            description: string;
            /** Example */
            example: string[];
            /** Headers */
            headers: string[];
        };
        /**
         * TokenIn
         * @description What a token is for, and what it may.
         */
        TokenIn: {
            /**
             * Days
             * @default null
             */
            days: number | null;
            /** Name */
            name: string;
            /**
             * Scope
             * @default read
             * @enum {string}
             */
            scope: "read" | "write";
        };
        /**
         * TokenOut
         * @description A token, without what it says.
         */
        TokenOut: {
            /**
             * Createdat
             * Format: date-time
             */
            createdAt: string;
            /** Expiresat */
            expiresAt: string | null;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Scope */
            scope: string;
            /** Usedat */
            usedAt: string | null;
        };
        /**
         * Totals
         * @description Sums of today. Gains are without dividends; ``performance`` and ``totalReturn`` are fractions.
         */
        Totals: {
            /** Performance */
            performance: string | null;
            /** Totalcost */
            totalCost: string;
            /** Totaldividends */
            totalDividends: string;
            /** Totalfees */
            totalFees: string;
            /** Totalgainloss */
            totalGainLoss: string;
            /** Totaloriginalcost */
            totalOriginalCost: string;
            /** Totalrealizedgainloss */
            totalRealizedGainLoss: string;
            /** Totalreturn */
            totalReturn: string | null;
            /** Totalsaleproceeds */
            totalSaleProceeds: string;
            /** Totalunrealizedgainloss */
            totalUnrealizedGainLoss: string;
            /** Totalvalue */
            totalValue: string;
        };
        /**
         * TransactionIn
         * @description A buy or a sell: ``shares`` and ``costPerShare``. A fee: ``amount``. In the fund's currency.
         */
        TransactionIn: {
            /**
             * Amount
             * @default null
             */
            amount: string | number | null;
            /**
             * Costpershare
             * @default null
             */
            costPerShare: string | number | null;
            /**
             * Date
             * Format: date
             */
            date: string;
            /** Portfoliofundid */
            portfolioFundId: string;
            /**
             * Shares
             * @default null
             */
            shares: string | number | null;
            /**
             * Type
             * @enum {string}
             */
            type: "buy" | "sell" | "fee";
        };
        /**
         * TransactionOut
         * @description A transaction. ``realizedGainLoss`` is what a sell gained, in the fund's currency.
         */
        TransactionOut: {
            /** Amount */
            amount: string | null;
            /** Costbasis */
            costBasis: string | null;
            /** Costpershare */
            costPerShare: string | null;
            /** Currency */
            currency: string;
            /**
             * Date
             * Format: date
             */
            date: string;
            /** Fundid */
            fundId: string;
            /** Fundname */
            fundName: string;
            /** Id */
            id: string;
            /** Portfoliofundid */
            portfolioFundId: string;
            /** Portfolioid */
            portfolioId: string;
            /** Realizedgainloss */
            realizedGainLoss: string | null;
            /** Shares */
            shares: string | null;
            /** Total */
            total: string;
            /** Type */
            type: string;
            /** Version */
            version: number;
        };
        /**
         * TransactionPage
         * @description Transactions, and where the list goes on.
         */
        TransactionPage: {
            /** Items */
            items: components["schemas"]["TransactionOut"][];
            /** Nextcursor */
            nextCursor: string | null;
        };
        /**
         * TransactionRow
         * @description A row as it was understood.
         */
        TransactionRow: {
            /** Amount */
            amount: string;
            /** Costpershare */
            costPerShare: string;
            /**
             * Date
             * Format: date
             */
            date: string;
            /** Isduplicate */
            isDuplicate: boolean;
            /** Line */
            line: number;
            /** Sameasline */
            sameAsLine: number | null;
            /** Shares */
            shares: string;
            /** Type */
            type: string;
        };
        /**
         * UpdatedAll
         * @description What came of all funds with a symbol.
         */
        UpdatedAll: {
            /** Errors */
            errors: components["schemas"]["FailedFund"][];
            /** Newprices */
            newPrices: number;
            /** Totalerrors */
            totalErrors: number;
            /** Totalupdated */
            totalUpdated: number;
            /** Updatedfunds */
            updatedFunds: components["schemas"]["UpdatedFund"][];
        };
        /**
         * UpdatedFund
         * @description A fund with new prices.
         */
        UpdatedFund: {
            /** Fundid */
            fundId: string;
            /** Name */
            name: string;
            /** Newprices */
            newPrices: number;
        };
        /**
         * UpdateOut
         * @description How many days have a price now that had none.
         */
        UpdateOut: {
            fund: components["schemas"]["FundOut"];
            /** Newprices */
            newPrices: number;
        };
        /**
         * Usage
         * @description Whether a fund may be deleted.
         */
        Usage: {
            /** Inuse */
            inUse: boolean;
            /** Portfolios */
            portfolios: components["schemas"]["UsedBy"][];
        };
        /**
         * UsedBy
         * @description A portfolio that holds a fund.
         */
        UsedBy: {
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Transactioncount */
            transactionCount: number;
        };
        /**
         * Version
         * @description Which app this is.
         */
        Version: {
            /** Appversion */
            appVersion: string;
            /** Databaseversion */
            databaseVersion: string | null;
            /** Newestdatabaseversion */
            newestDatabaseVersion: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listDeleted: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedOut"][];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restoreDeleted: {
        parameters: {
            query?: never;
            header?: {
                "X-CSRF-Token"?: string;
            };
            path: {
                deletedId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDividends: {
        parameters: {
            query?: {
                fundId?: string | null;
                portfolioId?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DividendOut"][];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createDividend: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DividendIn"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DividendOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDividend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dividendId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DividendOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateDividend: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
                "X-CSRF-Token"?: string;
            };
            path: {
                dividendId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DividendIn"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DividendOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteDividend: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "X-CSRF-Token"?: string;
            };
            path: {
                dividendId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    /** @description The address at which it can be undone for a week by POST, with rel=restore. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    findRate: {
        parameters: {
            query: {
                date?: string | null;
                fromCurrency: string;
                toCurrency: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RateFound"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRates: {
        parameters: {
            query?: {
                fromCurrency?: string | null;
                toCurrency?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RateOut"][];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setRate: {
        parameters: {
            query?: never;
            header?: {
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RateIn"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RateOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteRate: {
        parameters: {
            query: {
                date?: string | null;
                fromCurrency: string;
                toCurrency: string;
            };
            header?: {
                "If-Match"?: string;
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    /** @description The address at which it can be undone for a week by POST, with rel=restore. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportEverything: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportSheet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sheet: "portfolios" | "funds" | "portfolio-funds" | "transactions" | "dividends" | "splits" | "exchange-rates" | "settings" | "prices";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listFunds: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FundOut"][];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createFund: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FundIn"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FundOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFund: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fundId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FundOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateFund: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
                "X-CSRF-Token"?: string;
            };
            path: {
                fundId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FundIn"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FundOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteFund: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "X-CSRF-Token"?: string;
            };
            path: {
                fundId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    /** @description The address at which it can be undone for a week by POST, with rel=restore. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPrices: {
        parameters: {
            query?: {
                cursor?: string | null;
                endDate?: string | null;
                limit?: number;
                startDate?: string | null;
            };
            header?: never;
            path: {
                fundId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PricePage"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPrice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                day: string;
                fundId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setPrice: {
        parameters: {
            query?: never;
            header?: {
                "X-CSRF-Token"?: string;
            };
            path: {
                day: string;
                fundId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PriceIn"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deletePrice: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "X-CSRF-Token"?: string;
            };
            path: {
                day: string;
                fundId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    /** @description The address at which it can be undone for a week by POST, with rel=restore. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updatePrices: {
        parameters: {
            query?: {
                type?: "today" | "historical";
            };
            header?: {
                "X-CSRF-Token"?: string;
            };
            path: {
                fundId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpdateOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSplits: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fundId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SplitOut"][];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createSplit: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                "X-CSRF-Token"?: string;
            };
            path: {
                fundId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SplitIn"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SplitOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteSplit: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "X-CSRF-Token"?: string;
            };
            path: {
                fundId: string;
                splitId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    /** @description The address at which it can be undone for a week by POST, with rel=restore. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    fundUsage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fundId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateAllPrices: {
        parameters: {
            query?: {
                type?: "today" | "historical";
            };
            header?: {
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpdatedAll"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    importEverything: {
        parameters: {
            query?: never;
            header?: {
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/zip": string;
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restored"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    importPrices: {
        parameters: {
            query: {
                dates?: "" | "YYYY-MM-DD" | "YYYYMMDD" | "YYYY/MM/DD" | "DD-MM-YYYY" | "MM-DD-YYYY" | "DD/MM/YYYY" | "MM/DD/YYYY" | "DD.MM.YYYY" | "D MMM YYYY";
                decimal?: "" | "." | ",";
                fundId: string;
                preview?: boolean;
            };
            header?: {
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
                "text/csv": string;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Imported"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    priceTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Template"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    importTransactions: {
        parameters: {
            query: {
                dates?: "" | "YYYY-MM-DD" | "YYYYMMDD" | "YYYY/MM/DD" | "DD-MM-YYYY" | "MM-DD-YYYY" | "DD/MM/YYYY" | "MM/DD/YYYY" | "DD.MM.YYYY" | "D MMM YYYY";
                decimal?: "" | "." | ",";
                duplicates?: "refuse" | "skip" | "keep";
                portfolioFundId: string;
                preview?: boolean;
            };
            header?: {
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
                "text/csv": string;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Imported"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    transactionTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Template"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startImport: {
        parameters: {
            query: {
                dates?: "" | "YYYY-MM-DD" | "YYYYMMDD" | "YYYY/MM/DD" | "DD-MM-YYYY" | "MM-DD-YYYY" | "DD/MM/YYYY" | "MM/DD/YYYY" | "DD.MM.YYYY" | "D MMM YYYY";
                decimal?: "" | "." | ",";
                duplicates?: "refuse" | "skip" | "keep";
                portfolioFundId: string;
                preview?: boolean;
            };
            header?: {
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
                "text/csv": string;
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startPriceUpdate: {
        parameters: {
            query?: {
                type?: "today" | "historical";
            };
            header?: {
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listLogs: {
        parameters: {
            query?: {
                category?: string[] | null;
                cursor?: string | null;
                endDate?: string | null;
                level?: string[] | null;
                limit?: number;
                message?: string | null;
                requestId?: string | null;
                sort?: "at" | "-at";
                source?: string | null;
                startDate?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogPage"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    clearLogs: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logChoices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogChoices"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openapiDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: {
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordIn"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPositions: {
        parameters: {
            query?: {
                portfolioId?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PositionOut"][];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createPosition: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PositionIn"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PositionOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deletePosition: {
        parameters: {
            query?: {
                confirm?: boolean;
            };
            header?: {
                "If-Match"?: string;
                "X-CSRF-Token"?: string;
            };
            path: {
                positionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    /** @description The address at which it can be undone for a week by POST, with rel=restore. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportPosition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                positionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    portfolioHistory: {
        parameters: {
            query?: {
                endDate?: string | null;
                points?: number | null;
                portfolioId?: string | null;
                startDate?: string | null;
                totalOnly?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["History"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    overview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPortfolios: {
        parameters: {
            query?: {
                includeArchived?: boolean;
                includeExcluded?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortfolioOut"][];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createPortfolio: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PortfolioIn"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortfolioOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPortfolio: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                portfolioId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortfolioWithTotals"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updatePortfolio: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
                "X-CSRF-Token"?: string;
            };
            path: {
                portfolioId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PortfolioIn"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortfolioOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deletePortfolio: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "X-CSRF-Token"?: string;
            };
            path: {
                portfolioId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    /** @description The address at which it can be undone for a week by POST, with rel=restore. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    archivePortfolio: {
        parameters: {
            query?: never;
            header?: {
                "X-CSRF-Token"?: string;
            };
            path: {
                portfolioId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortfolioOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    fundHistory: {
        parameters: {
            query?: {
                endDate?: string | null;
                points?: number | null;
                startDate?: string | null;
            };
            header?: never;
            path: {
                portfolioId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FundHistory"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    portfolioReturns: {
        parameters: {
            query?: {
                endDate?: string | null;
                startDate?: string | null;
            };
            header?: never;
            path: {
                portfolioId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReturnsOut"] | null;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unarchivePortfolio: {
        parameters: {
            query?: never;
            header?: {
                "X-CSRF-Token"?: string;
            };
            path: {
                portfolioId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortfolioOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logOut: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginOut"][];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logOutEverywhere: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsShape"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeSettings: {
        parameters: {
            query?: never;
            header?: {
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingsShape"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsShape"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lookUpSymbol: {
        parameters: {
            query?: {
                forceRefresh?: boolean;
            };
            header?: never;
            path: {
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SymbolOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenOut"][];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenIn"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteToken: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "X-CSRF-Token"?: string;
            };
            path: {
                tokenId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTransactions: {
        parameters: {
            query?: {
                cursor?: string | null;
                endDate?: string | null;
                fundId?: string[] | null;
                limit?: number;
                portfolioFundId?: string | null;
                portfolioId?: string | null;
                sort?: "date" | "-date" | "fund" | "-fund" | "type" | "-type" | "shares" | "-shares" | "costPerShare" | "-costPerShare" | "total" | "-total" | "realizedGainLoss" | "-realizedGainLoss";
                startDate?: string | null;
                type?: ("buy" | "sell" | "fee")[] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransactionPage"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createTransaction: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransactionIn"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransactionOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTransaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                transactionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransactionOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateTransaction: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
                "X-CSRF-Token"?: string;
            };
            path: {
                transactionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransactionIn"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransactionOut"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteTransaction: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "X-CSRF-Token"?: string;
            };
            path: {
                transactionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    /** @description The address at which it can be undone for a week by POST, with rel=restore. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    appVersion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
