"""Points of the 468-point face mesh by what they lie on; "right" is the person's own."""

RIGHT_EYE_OUTER, LEFT_EYE_OUTER = 33, 263
RIGHT_EYE_INNER, LEFT_EYE_INNER = 133, 362

# from the right corner of the mouth to the left one
INNER_UPPER_LIP = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
INNER_LOWER_LIP = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
OUTER_UPPER_LIP = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
OUTER_LOWER_LIP = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)

# from the outer corner of the eye to the inner one
RIGHT_UPPER_LID = (33, 246, 161, 160, 159, 158, 157, 173, 133)
RIGHT_LOWER_LID = (33, 7, 163, 144, 145, 153, 154, 155, 133)
LEFT_UPPER_LID = (263, 466, 388, 387, 386, 385, 384, 398, 362)
LEFT_LOWER_LID = (263, 249, 390, 373, 374, 380, 381, 382, 362)

RIGHT_BROW = (70, 63, 105, 66, 107)
LEFT_BROW = (300, 293, 334, 296, 336)

# the edge of the face, from the middle of the forehead by the left ear to the chin and back
OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
NOSE_TIP, UNDER_NOSE, CHIN, FOREHEAD = 1, 2, 152, 10

# rings of the lips from the outside in, each from the right corner to the left one
UPPER_LIP = (
    OUTER_UPPER_LIP,
    (76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306),
    (62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292),
    INNER_UPPER_LIP,
)
LOWER_LIP = (
    OUTER_LOWER_LIP,
    (76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306),
    (62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292),
    INNER_LOWER_LIP,
)

# rows of skin from the upper lid up to the brow, each from the outer corner to the inner one
RIGHT_LID_ROWS = (
    (130, 247, 30, 29, 27, 28, 56, 190, 243),
    (226, 113, 225, 224, 223, 222, 221, 189, 244),
)
LEFT_LID_ROWS = (
    (359, 467, 260, 259, 257, 258, 286, 414, 463),
    (446, 342, 445, 444, 443, 442, 441, 413, 464),
)
