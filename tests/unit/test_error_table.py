"""Every situation in which people were misled by other libraries, and the test that shows what they are told here."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

ERRORS = "unit/test_errors.py"
ADVICE = "unit/test_corpus_advice.py"
FILES = "unit/formats/test_word2vec_files.py"
BOTH = "unit/formats/test_text_or_binary.py"
UNREAD = "unit/formats/test_unread.py"
KEYS = "unit/keyedvectors/test_kinds_of_keys.py"
MPI = "mpi/test_mpiexec.py"
CHANGES = "unit/word2vec/test_changes_in_callbacks.py"
NOTHING = "unit/word2vec/test_nothing_trained.py"
RANKS = "unit/word2vec/test_ranks.py"

# Situation -> the test that owns it.
TABLE = {
    "min_count drops every word": f"{ERRORS}::test_no_word_is_frequent_enough",
    "the corpus is empty": f"{ERRORS}::test_empty_corpus",
    "a sentence is a str": f"{ERRORS}::test_sentence_that_is_a_string",
    "a sentence is bytes": f"{ERRORS}::test_sentence_that_is_bytes",
    "a flat list of words": f"{ERRORS}::test_flat_list_of_words",
    "a generator": f"{ERRORS}::test_generator",
    "an iterator that is used up": f"{ERRORS}::test_iterator_that_is_used_up",
    "an order for a corpus that has its own": "unit/word2vec/test_shuffle.py::test_a_corpus_that_is_iterated_again_is_refused_before_any_work",
    "the corpus raises in the middle of an epoch": f"{ERRORS}::test_corpus_that_raises",
    "numpy rows as sentences": f"{ERRORS}::test_numpy_rows_as_sentences",
    "a token is None or NaN": f"{ERRORS}::test_missing_token",
    "a DataFrame": "unit/corpus/test_containers.py::test_pandas",
    "a dict, a set or an array of texts": "unit/corpus/test_containers.py::test_refused_in_every_way_in",
    "rows of a dataset, which are dicts": "unit/corpus/test_containers.py::test_what_rows_are_told_works",
    "a path in place of the corpus": f"{ADVICE}::test_a_path_in_place_of_a_corpus",
    "corpus_file is a pipe, a device or a folder": "unit/corpus/test_files.py::test_corpus_file_says_what_it_is",
    "a pipe that would be read twice": "unit/corpus/test_files.py::test_a_pipe_is_read_once",
    "a compressed file that is cut short": "unit/corpus/test_files.py::test_a_file_that_is_cut_short_is_named",
    "text in UTF-16": "unit/corpus/test_files.py::test_other_encodings_of_unicode",
    "a file that changes while it is read": "unit/corpus/test_files.py::test_a_file_that_is_cut_short_between_two_readings",
    "an empty file or folder": f"{ADVICE}::test_an_empty_corpus_says_which",
    "a generator that build_vocab has used up": f"{ADVICE}::test_a_generator_that_build_vocab_has_used_up",
    "train() after a build_vocab that left no word": f"{ADVICE}::test_build_vocab_warns_and_train_raises",
    "a trim_rule that returns None or True": "unit/corpus/test_trimming.py::test_other_answers_are_named",
    "workers=0": f"{ERRORS}::test_no_workers",
    "workers=-1": f"{ERRORS}::test_all_workers",
    "workers=10**9, negative=10**9 and so on": "unit/word2vec/test_absurd_sizes.py::test_constructor",
    "threads that cannot be started": "unit/word2vec/test_absurd_sizes.py::test_a_thread_that_cannot_be_started",
    "an unknown integer key": f"{ERRORS}::test_unknown_integer_key",
    "an integer whose digits are a key": f"{KEYS}::test_an_integer_whose_digits_are_a_key_is_no_row",
    "an integer where all keys are digits": f"{KEYS}::test_where_all_keys_are_digits_no_integer_is_a_row",
    "a word that is no integer, with keys=int": "unit/keyedvectors/test_integer_keys_in_files.py::test_a_key_that_is_no_integer_is_named",
    "a key deleted from key_to_index": "unit/keyedvectors/test_removing.py::test_keys_that_no_longer_agree_are_refused",
    "NaN in a question": "unit/keyedvectors/test_not_finite.py::test_vectors",
    "keys that cannot be saved": "unit/word2vec/test_keys_that_cannot_be_saved.py::test_one_warning_names_the_first_such_key",
    "an unknown key": f"{ERRORS}::test_unknown_key",
    "an unknown key that was counted": f"{ERRORS}::test_key_below_min_count",
    'model["w"]': f"{ERRORS}::test_model_is_not_subscriptable",
    "size= and iter=": f"{ERRORS}::test_renamed_arguments",
    "hs=0 and negative=0": f"{ERRORS}::test_nothing_to_train_with",
    "the model is too large": f"{ERRORS}::test_model_too_large",
    "the disk is full while a model is saved": "concurrency/test_killed.py::test_a_full_disk_leaves_the_old_file",
    "a run is resumed on another corpus": "unit/word2vec/test_checkpoint.py::test_another_corpus_is_an_error",
    "a model is taken for a checkpoint": "unit/word2vec/test_checkpoint.py::test_a_checkpoint_is_a_model_too",
    "the vectors become NaN": f"{ERRORS}::test_vectors_become_non_finite",
    "a vector was NaN before training": "unit/word2vec/test_not_finite_before.py::test_the_row_and_the_key_are_named",
    "no word of the corpus is known": f"{NOTHING}::test_an_epoch_that_trains_nothing_says_why",
    "an empty batch of a loop": f"{NOTHING}::test_an_empty_batch_trains_nothing",
    "total_examples=0": f"{NOTHING}::test_a_total_of_zero_trains_nothing",
    "words were added to wv": "unit/word2vec/test_added_words.py::test_what_to_do_is_said",
    "a callback returns no bool": "unit/callbacks/test_calling.py::test_anything_else_is_said_once_a_training",
    "a callback changes what cannot change": f"{CHANGES}::test_what_cannot_be_taken_up_is_refused_before_the_next_epoch",
    "callbacks of ranks do not do the same": (
        "unit/word2vec/test_changes_on_ranks.py::test_a_change_on_one_rank_is_refused_by_rank_and_field"
    ),
    "a pickle given to the word2vec loader": f"{FILES}::test_no_header",
    "a gensim save given to another loader": "golden/test_gensim_and_fasttext.py::test_which_call_to_use",
    "a pickle that would run code": "unit/formats/test_inert_pickle.py::test_a_pickle_that_calls_os_system_runs_nothing",
    "GloVe text without a header": f"{FILES}::test_no_header",
    "fewer rows than the header says": f"{FILES}::test_too_few_rows",
    "a word in a file is not UTF-8": f"{FILES}::test_bad_utf8_names_the_word",
    "text read as binary": f"{FILES}::test_text_read_as_binary",
    "damaged text read as binary": f"{BOTH}::test_damaged_texts_are_not_read_as_binary",
    "a wrong size in the header of a text": f"{BOTH}::test_damaged_texts_say_what_is_wrong",
    "a wrong size in the header of a binary file": f"{BOTH}::test_a_wrong_size_in_the_header_of_a_binary_file",
    "no_header=True for a file with a header": f"{BOTH}::test_no_header_where_there_is_one",
    "a file of another program": f"{UNREAD}::test_what_is_not_read_says_what_it_is_and_the_way_out",
    "an archive of several files": f"{UNREAD}::test_archives_of_several_files_list_them",
    "a table without pyarrow": "unit/formats/test_parquet.py::test_without_pyarrow_one_sentence_says_what_to_install",
    "binary read as text": f"{FILES}::test_binary_read_as_text",
    "a file of no known format": "unit/formats/test_recognition.py::test_what_cannot_be_read",
    "an .npy without its keys": "unit/formats/test_recognition.py::test_npy_with_keys_beside_it",
    "an archive that claims too much": "unit/formats/test_recognition.py::test_an_archive_that_claims_too_much",
    'device="cuda" without CuPy': "unit/word2vec/test_device.py::test_a_gpu_without_cupy",
    'device="cuda" without a GPU': "unit/word2vec/test_device.py::test_a_gpu_that_is_not_there",
    'device="cuda" and the model does not fit': "unit/word2vec/test_device.py::test_a_model_too_large_for_the_gpu",
    "MPI without mpi4py": f"{MPI}::test_without_mpi4py_one_sentence_says_what_to_install",
    "MPI without a library": f"{MPI}::test_without_an_mpi_library_one_sentence_says_where_it_comes_from",
    "MPI with one rank": f"{MPI}::test_one_rank_is_warned_about",
    "ranks with different options": f"{RANKS}::test_other_options_on_a_rank_are_refused_by_name",
    "ranks with different corpora": f"{RANKS}::test_other_files_are_refused_by_name",
    "ranks with different vocabularies": f"{RANKS}::test_another_vocabulary_or_weights_are_refused_by_name",
    "a rank raises": f"{RANKS}::test_a_rank_that_raises_stops_all_with_its_error",
    "a rank dies": f"{MPI}::test_a_killed_rank_ends_the_job_which_can_be_resumed",
}


@pytest.mark.parametrize("situation", TABLE)
def test_owner_exists(situation):
    path, name = TABLE[situation].split("::")
    tree = ast.parse((TESTS / path).read_text(encoding="utf8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
