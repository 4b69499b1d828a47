#!/usr/bin/env Rscript
# Ratings of lectures at ETH Zurich as a click log: a mark of 4 or 5 is a click. The data come with the R
# package lme4 (Debian: r-cran-lme4), under its licence, GPL-2 or later.
#
#     Rscript scripts/data/insteval.R DATA_DIR      # writes DATA_DIR/insteval/log.csv
arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 1) stop("usage: Rscript insteval.R DATA_DIR")
ratings <- lme4::InstEval
stopifnot(nrow(ratings) == 73421)
log <- data.frame(
  click = as.integer(ratings$y >= 4),
  user = ratings$s,
  item = ratings$d,
  study_age = ratings$studage,
  lecture_age = ratings$lectage,
  service = ratings$service,
  department = ratings$dept
)
folder <- file.path(arguments[1], "insteval")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)
write.csv(log, file.path(folder, "log.csv"), row.names = FALSE, quote = FALSE)
cat(sprintf("%d rows, %d clicks\n", nrow(log), sum(log$click)))
