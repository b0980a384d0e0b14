from pathlib import Path

from pipeline.media.boxes import boxes
from pipeline.media.hls import Fragments, HlsClip, HlsPiece, fragments, playlist
from tests.media import finished_scene

SHORT = HlsClip("a.mp4", Fragments(900, (HlsPiece(900, 5000, 2.0), HlsPiece(5900, 800, 0.24))))


def test_fragments_cover_the_file_and_its_pictures(tmp_path: Path) -> None:
    clip = finished_scene(tmp_path, 0, 131, "Plants make food.").clip
    found = fragments(clip)
    assert [piece.seconds for piece in found.pieces] == [2.0, 2.0, 1.24]
    at = found.init_bytes
    for piece in found.pieces:
        assert piece.offset == at
        at += piece.length
    left_over = [box.kind for box in boxes(clip) if box.offset >= at]
    assert left_over in ([], ["mfra"])


def test_a_set_up_and_a_fragment_play_by_themselves(tmp_path: Path) -> None:
    from_kinds = [box.kind for box in boxes(finished_scene(tmp_path, 0, 60, "Food.").clip)]
    assert from_kinds[:4] == ["ftyp", "moov", "moof", "mdat"]


def test_a_finished_playlist() -> None:
    assert playlist([SHORT, SHORT], ended=True) == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:7\n"
        "#EXT-X-TARGETDURATION:2\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXT-X-PLAYLIST-TYPE:EVENT\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES\n"
        '#EXT-X-MAP:URI="a.mp4",BYTERANGE="900@0"\n'
        "#EXTINF:2.00000,\n#EXT-X-BYTERANGE:5000@900\na.mp4\n"
        "#EXTINF:0.24000,\n#EXT-X-BYTERANGE:800@5900\na.mp4\n"
        "#EXT-X-DISCONTINUITY\n"
        '#EXT-X-MAP:URI="a.mp4",BYTERANGE="900@0"\n'
        "#EXTINF:2.00000,\n#EXT-X-BYTERANGE:5000@900\na.mp4\n"
        "#EXTINF:0.24000,\n#EXT-X-BYTERANGE:800@5900\na.mp4\n"
        "#EXT-X-ENDLIST\n"
    )


def test_a_playlist_only_grows() -> None:
    nothing, one, two = (playlist([SHORT] * count, ended=False) for count in range(3))
    assert one.startswith(nothing)
    assert two.startswith(one)
    assert playlist([SHORT] * 2, ended=True) == two + "#EXT-X-ENDLIST\n"


def test_the_target_duration_covers_the_longest_fragment() -> None:
    long = HlsClip("b.mp4", Fragments(10, (HlsPiece(10, 10, 4.6),)))
    assert "#EXT-X-TARGETDURATION:5\n" in playlist([SHORT, long], ended=True)
