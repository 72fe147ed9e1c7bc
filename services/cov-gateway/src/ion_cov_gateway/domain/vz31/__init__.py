"""Files of active patients: a VZ31 profile on the conventions of the EI files."""

from ion_cov_gateway.domain.vz31.reading import read_file
from ion_cov_gateway.domain.vz31.records import FileError, InsuredLine, ReadResult, RejectedLine
from ion_cov_gateway.domain.vz31.writing import write_file

__all__ = ["FileError", "InsuredLine", "ReadResult", "RejectedLine", "read_file", "write_file"]
