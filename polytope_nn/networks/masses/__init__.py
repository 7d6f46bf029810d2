"""The masses nearest to wished ones: of given labels, and of one point shared at the least cost.

Floors: branched > sharing; projected.
"""

from .branched import SharingSearch
from .projected import nearest_masses
from .sharing import Sharing

__all__ = ["Sharing", "SharingSearch", "nearest_masses"]
