package dev.flyball.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SchemaGrammarTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"type\":\"boolean\"} | true;false | True;null;tru",
        "{\"type\":\"null\"} | null | nul;0",
        "{\"type\":[\"string\",\"null\"]} | \"a\";null | 1",
        "{\"type\":\"integer\"} | 0;-7;123 | 01;1.5;+1;1e5",
        "{\"type\":\"number\"} | 0;-1.25;3e8;1E-7 | .5;1.;00",
        "{\"type\":\"integer\",\"minimum\":3,\"maximum\":120} | 3;9;10;99;100;119;120 | 2;121;200;-3;03;1",
        "{\"type\":\"integer\",\"minimum\":-12,\"maximum\":5} | -12;-9;-1;0;5 | -13;6;-20",
        "{\"type\":\"integer\",\"exclusiveMinimum\":3,\"exclusiveMaximum\":6} | 4;5 | 3;6",
        "{\"type\":\"integer\",\"minimum\":1000} | 1000;99999 | 999;0;-1000",
        "{\"type\":\"number\",\"minimum\":0.25,\"maximum\":1.5} | 0.25;0.250;0.3;1;1.0;1.5;1.49 | 0.2;0.24;0;1.51;2;1.6",
        "{\"type\":\"number\",\"exclusiveMinimum\":0,\"maximum\":1} | 0.1;0.001;1;1.0 | 0;0.0;1.01;-1",
        "{\"type\":\"number\",\"minimum\":-1.5,\"exclusiveMaximum\":-0.5} | -1.5;-0.51;-1 | -0.5;-1.51;0;1",
        "{\"type\":\"number\",\"minimum\":2.25,\"maximum\":2.75} | 2.25;2.3;2.75;2.7500 | 2;2.2;2.76;2.8",
        "{\"type\":\"string\"} | \"\";\"aé😀\";\"\\n\\u00e9\\ud83d\\ude00\" | a;\"\\x\";\"\\ud83d\";\"a",
        "{\"type\":\"string\",\"minLength\":2,\"maxLength\":3} | \"ab\";\"😀é\";\"a\\\"b\" | \"a\";\"abcd\"",
        "{\"type\":\"string\",\"pattern\":\"^[a-c]+$\"} | \"a\";\"abc\" | \"\";\"ad\"",
        "{\"type\":\"string\",\"pattern\":\"b\"} | \"b\";\"abc\" | \"ac\";\"\"",
        "{\"type\":\"string\",\"pattern\":\"^\\\"\\\\\\\\$\"} | \"\\\"\\\\\" | \"a\"",
        "{\"type\":\"string\",\"format\":\"date\"} | \"2026-11-21\" | \"2026-13-01\";\"26-1-1\"",
        "{\"type\":\"string\",\"format\":\"uuid\"} | \"123e4567-e89b-12d3-a456-426614174000\" | \"123\"",
        "{\"type\":\"string\",\"format\":\"ipv6\"} | \"::\";\"::1\";\"1::\";\"fe80::1:2\";\"1:2:3:4:5:6:7:8\" | \"1:2\";\":::\";\"1::2::3\"",
        "{\"enum\":[\"a\",1,null,[1]]} | \"a\";1;null;[1] | \"b\";2;[1,1]",
        "{\"const\":{\"a\":\"x\"}} | {\"a\":\"x\"} | {\"a\":\"y\"};{}",
        "{\"type\":\"string\",\"enum\":[\"a\",1]} | \"a\" | 1",
        "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}} | [];[1];[1, 2] | [a];[1,];[\"1\"]",
        "{\"type\":\"array\",\"items\":{\"const\":0},\"minItems\":1,\"maxItems\":3} | [0];[0,0,0] | [];[0,0,0,0]",
        "{\"type\":\"array\",\"items\":{\"const\":0},\"maxItems\":0} | [] | [0]",
        "{\"prefixItems\":[{\"const\":1},{\"const\":2}],\"minItems\":1,\"items\":{\"const\":3}} | [1];[1,2];[1,2,3,3] | [];[2];[1,3]",
        "{\"prefixItems\":[{\"const\":1},{\"const\":2}],\"minItems\":2,\"items\":false} | [1, 2] | [1];[1,2,3]",
        "{\"type\":\"object\",\"properties\":{\"a\":{\"const\":1},\"b\":{\"const\":2}},\"required\":[\"a\"]} | {\"a\":1};{\"a\": 1, \"b\": 2} | {};{\"b\":2};{\"b\":2,\"a\":1};{\"a\":1,\"c\":3}",
        "{\"properties\":{\"a\":{\"const\":1},\"b\":{\"const\":2},\"c\":{\"const\":3}}} | {};{\"a\":1};{\"b\":2};{\"a\":1,\"c\":3};{\"b\":2,\"c\":3} | {,};{\"a\":1,};{\"c\":3,\"a\":1};{\"a\":1,\"a\":1}",
        "{\"properties\":{\"a\":{\"const\":1}},\"additionalProperties\":{\"const\":2}} | {};{\"a\":1};{\"a\":1,\"x\":2};{\"ab\":2,\"\":2} | {\"a\":2};{\"x\":1};{\"\\u0061\":2}",
        "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}} | {};{\"x\":1,\"y\":2} | {\"x\":\"1\"}",
        "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false} | {};{ } | {\"a\":1}",
        "{\"required\":[\"a\"]} | {\"a\":1};{\"a\":[],\"b\":{}} | {};{\"b\":1}",
        "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"boolean\"}]} | 1;true | \"a\"",
        "{\"type\":\"object\",\"properties\":{\"a\":{\"const\":1}},\"anyOf\":[{\"required\":[\"a\"]},{\"properties\":{\"b\":{\"const\":2}},\"required\":[\"b\"]}]} | {\"a\":1};{\"b\":2} | {};{\"a\":2}",
        "{\"oneOf\":[{\"type\":\"integer\"},{\"type\":\"string\",\"maxLength\":1}]} | 1;\"a\" | \"ab\"",
        "{\"allOf\":[{\"properties\":{\"a\":{\"const\":1}},\"required\":[\"a\"]},{\"properties\":{\"b\":{\"const\":2}},\"required\":[\"b\"]}]} | {\"a\":1,\"b\":2} | {\"a\":1};{\"b\":2}",
        "{\"$ref\":\"#/$defs/x~1y\",\"$defs\":{\"x/y\":{\"const\":1}}} | 1 | 2",
        "{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#\"}},\"additionalProperties\":false} | {};{\"next\":{\"next\":{}}} | {\"next\":1};{\"x\":1}",
        "{\"type\":\"array\",\"items\":{\"anyOf\":[{\"$ref\":\"#\"},{\"const\":0}]}} | [];[[0],[[]]] | [1];[[0]",
        "{\"$ref\":\"#/$defs/n\",\"minimum\":3,\"$defs\":{\"n\":{\"type\":\"integer\",\"maximum\":5}}} | 3;4;5 | 2;6",
        "{\"type\":\"integer\",\"multipleOf\":7} | 0;7;-14;700;1001 | 1;8;-1;1000",
        "{\"type\":\"integer\",\"multipleOf\":10,\"minimum\":95,\"maximum\":123456} | 100;110;123450 | 90;95;105;123456;123460",
        "{\"type\":\"number\",\"multipleOf\":0.01} | 0;1.5;-3.25 | 1.255;1e2",
        "{\"type\":\"number\",\"multipleOf\":0.5,\"minimum\":-1.2,\"exclusiveMaximum\":1} | -1;-0.5;0;0.5 | -1.5;1;0.25",
        "{\"type\":\"integer\",\"multipleOf\":1.5,\"minimum\":1,\"maximum\":9} | 3;6;9 | 1;2;0",
        "{\"type\":\"string\",\"not\":{\"enum\":[\"a\",\"ab\"]}} | \"\";\"b\";\"abc\" | \"a\";\"ab\";\"\\u0061\"",
        "{\"not\":{\"type\":[\"null\",\"string\"]}} | 1;true;{} | null;\"a\"",
        "{\"enum\":[1,2,\"x\"],\"not\":{\"const\":2}} | 1;\"x\" | 2",
        "{\"type\":\"array\",\"items\":{\"enum\":[1,\"b\",null]},\"uniqueItems\":true,\"minItems\":1} | [1];[null,1];[\"b\", null, 1] | [];[1,1];[1,\"b\",1]",
        "{\"patternProperties\":{\"^x-\":{\"type\":\"integer\"}}} | {};{\"x-a\":1};{\"x-\":0,\"x-b\":2} | {\"a\":1};{\"x-a\":true}",
        "{\"properties\":{\"a\":{\"const\":1}},\"patternProperties\":{\"^x\":true},\"additionalProperties\":false} | {\"a\":1};{\"a\":1,\"x\":[]} | {\"b\":1}",
        "{\"propertyNames\":{\"pattern\":\"^[a-z]+$\"},\"additionalProperties\":{\"const\":1}} | {};{\"ab\":1} | {\"A\":1};{\"a\":2}",
        "{\"propertyNames\":{\"enum\":[\"a\",\"b\"]},\"minProperties\":1,\"maxProperties\":2} | {\"a\":1};{\"a\":1,\"b\":2} | {};{\"c\":1};{\"a\":1,\"b\":2,\"a\":3}",
        "{\"properties\":{\"a\":{\"const\":1},\"b\":{\"const\":2}},\"minProperties\":1} | {\"a\":1};{\"b\":2};{\"a\":1,\"b\":2} | {};{ }",
        "{\"type\":\"string\",\"format\":\"uri\"} | \"https://example.org/a/b?q=1#x\";\"ftp://h\" | \"example\";\"http://\"",
        "{} | 1;\"a\";[{\"a\":null}];{\"a\":{}};true | a;[1;tru",
        "true | 1;{} | x",
        "{\"type\":\"object\"} | {};{\"a\":[1,2,{\"b\":\"c\"}]};{\\n  \"a\": 1\\n} | [];1;{\"a\"};{a:1};{   }"
      })
  void aSchemaAcceptsItsValuesAndNoOthers(String schema, String accepted, String rejected) {
    Grammar grammar = Grammar.ofJsonSchema(Texts.tree(schema));
    for (String text : accepted.replace("{\\n", "{\n").replace("1\\n}", "1\n}").split(";", -1)) {
      assertThat(Texts.accepts(grammar, text)).as("%s accepts %s", schema, text).isTrue();
    }
    for (String text : rejected.split(";", -1)) {
      assertThat(Texts.accepts(grammar, text)).as("%s rejects %s", schema, text).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "7 | its root must be an object",
        "false | its root is false",
        "{\"type\":\"strnig\"} | its root has the unknown type \"strnig\"",
        "{\"not\":{}} | /not can only name a type",
        "{\"properties\":{\"a\":{\"multipleOf\":321.5}}} | /properties/a/multipleOf",
        "{\"properties\":{\"a/b\":{\"pattern\":\"(\"}}} | /properties/a~1b/pattern cannot be read",
        "{\"items\":{\"$ref\":\"#/$defs/x\"}} | /items/$ref names \"#/$defs/x\", which does not exist",
        "{\"$ref\":\"http://x/y\"} | /$ref must begin with #/",
        "{\"$ref\":\"#\"} | refers to itself before it reads anything",
        "{\"allOf\":[{\"$ref\":\"#\"}]} | its root is too much",
        "{\"type\":\"integer\",\"minimum\":5,\"maximum\":4} | its root has limits that no integer is within",
        "{\"type\":\"string\",\"minLength\":-1} | /minLength must be an integer from 0 to",
        "{\"type\":\"string\",\"minLength\":2,\"maxLength\":1} | maxLength below its minLength",
        "{\"type\":\"string\",\"pattern\":\"a\",\"maxLength\":1} | only one of pattern, format",
        "{\"type\":\"array\",\"uniqueItems\":true} | /uniqueItems can be kept only for",
        "{\"oneOf\":[{\"type\":\"integer\"},{\"type\":\"number\"}]} | /oneOf may be satisfied by its schemas 0 and 1",
        "{\"properties\":{},\"required\":[\"a\"],\"additionalProperties\":false} | requires \"a\", which it does not allow",
        "{\"enum\":[]} | allows 0 values",
        "{\"enum\":[\"abc\"],\"minLength\":9} | /minLength cannot stand beside enum",
        "{\"items\":{\"type\":\"string\",\"maxLength\":99999},\"minItems\":99999,\"maxItems\":100000} | too large"
      })
  void whatCannotBeIsNamedWithItsPlace(String schema, String message) {
    assertThatThrownBy(() -> Grammar.ofJsonSchema(Texts.tree(schema)))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(message);
  }
}
