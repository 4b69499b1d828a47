#!/usr/bin/env Rscript
# Records variances and covariances of AUCs by pROC.
#
#     apt-get install r-cran-proc r-cran-jsonlite
#     Rscript scripts/peers/proc_delong.R > tests/fixtures/proc_delong.json
#
# Made with pROC 1.18.0, R 4.2.2 (both of Debian 12). Reads labels and scores from
# tests/fixtures/score_metrics.json. Written, by the number of rows used (all, the first 60, the
# last 25): auc and variance of the two cases there, their covariance, and z and p of DeLong's test.

suppressPackageStartupMessages({
  library(pROC)
  library(jsonlite)
})

inputs <- fromJSON("tests/fixtures/score_metrics.json")
record <- function(rows) {
  # Scores of clicks are the higher ones, whatever the data look like.
  curve <- function(case) {
    roc(inputs$labels[rows], case$scores[rows], levels = c(0, 1), direction = "<", quiet = TRUE)
  }
  curves <- lapply(inputs$cases[c("smooth", "coarse")], curve)
  test <- roc.test(curves[[1]], curves[[2]], method = "delong", paired = TRUE)
  list(
    auc = sapply(curves, function(curve) as.numeric(auc(curve)), USE.NAMES = FALSE),
    variance = sapply(curves, var, USE.NAMES = FALSE),
    covariance = cov(curves[[1]], curves[[2]]),
    z = unname(test$statistic),
    p = test$p.value
  )
}
n <- length(inputs$labels)
records <- list("300" = record(1:n), "60" = record(1:60), "25" = record((n - 24):n))
cat(toJSON(records, auto_unbox = TRUE, digits = NA), "\n", sep = "")
