# SPDX-License-Identifier: Apache-2.0
"""What the black-box tests share: an independent codec, the servers and clients they start, the vectors."""
