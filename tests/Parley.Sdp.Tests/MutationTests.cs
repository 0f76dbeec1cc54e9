using CsCheck;

namespace Parley.Sdp.Tests;

public sealed class MutationTests
{
    private static readonly string[] Texts = [.. Descriptions.Names.Select(Descriptions.Text)];

    private static readonly Gen<string> Mutant =
        from text in Gen.Int[0, Texts.Length - 1].Select(place => Texts[place])
        from edits in Gen.Select(
            Gen.Int[0, 3],
            Gen.Int[0, text.Length - 1],
            Gen.OneOf(Gen.Char, Gen.Int[0, 8].Select(place => " :=;/\r\n\09"[place]))).Array[1, 8]
        select Apply(text, edits);

    [Fact]
    public void Mutant_ParsedAndRead_NeverThrowsAndRoundTrips() => Mutant.Sample(ReadAll, iter: 3_000);

    [Fact]
    public void RandomText_Parsed_NeverThrows() => Gen.String.Sample(ReadAll, iter: 3_000);

    [Fact]
    public void EveryTruncation_Parsed_NeverThrows()
    {
        string text = Descriptions.Text("handwritten-firefox-offer");
        for (int length = 0; length <= text.Length; length++)
        {
            ReadAll(text[..length]);
        }
    }

    private static void ReadAll(string text)
    {
        if (!SdpDocument.TryParse(text, out var document, out var error))
        {
            Assert.True(error.LineNumber >= 1);
            return;
        }

        string written = document.ToString();
        var again = SdpDocument.Parse(written);
        Assert.Equal(written, again.ToString());
        Assert.True(document.Attributes.SequenceEqual(again.Attributes));
        _ = SdpValidation.Check(document, (SdpRequirements)31);
        ReadViews(document);
        foreach (var media in document.Media)
        {
            ReadViews(media);
            _ = document.DirectionOf(media);
            var codecs = CodecDescription.ReadFrom(media);
            _ = CodecMatching.Intersect(codecs, codecs);
        }
    }

    private static void ReadViews(SdpSection section)
    {
        foreach (var property in section.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
        {
            _ = property.GetValue(section);
        }
    }

    private static string Apply(string text, (int Kind, int Place, char With)[] edits)
    {
        var result = new System.Text.StringBuilder(text);
        foreach (var (kind, place, with) in edits)
        {
            int at = Math.Min(place, result.Length - 1);
            switch (kind)
            {
                case 0: result[at] = with; break;
                case 1: result.Insert(at, with); break;
                case 2: result.Remove(at, Math.Min(3, result.Length - at - 1)); break;
                default: result.Insert(at, text.AsSpan(place, Math.Min(60, text.Length - place))); break;
            }
        }

        return result.ToString();
    }
}
