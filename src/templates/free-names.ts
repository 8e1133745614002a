import type { AnyNode } from 'acorn'

/** A name that JavaScript reads or writes without having declared it. */
export interface FreeName {
  readonly name: string
  /** Of the code, from 1. */
  readonly line: number
}

type Scope = ReadonlySet<string>

/** Every use of a name that the program itself does not declare, in the order of the code. */
export function findFreeNames(program: AnyNode): FreeName[] {
  const found: FreeName[] = []
  visit(program, [], found)
  return found
}

function visit(node: AnyNode, scopes: readonly Scope[], found: FreeName[]): void {
  if (node.type === 'Identifier') {
    if (!scopes.some(scope => scope.has(node.name))) {
      found.push({ name: node.name, line: node.loc?.start.line ?? 1 })
    }
    return
  }
  const declared = declaredBy(node)
  const inner = declared.size > 0 ? [...scopes, declared] : scopes
  for (const child of usedChildren(node)) visit(child, inner, found)
}

/** Children that can hold uses: not labels, not property names written as they are. */
function usedChildren(node: AnyNode): AnyNode[] {
  switch (node.type) {
    case 'MemberExpression':
      return node.computed ? [node.object, node.property] : [node.object]
    case 'Property':
      // In `{ a }` key and value are one and the same node's text; in `{ a: b }` only b is used.
      return node.computed ? [node.key, node.value] : [node.value]
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return (node.computed ? [node.key, node.value] : [node.value]).filter(isNode)
    case 'LabeledStatement':
      return [node.body]
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
      return []
    default:
      return childrenOf(node)
  }
}

/** Every node directly below, in the order of the code. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: unknown[] = Object.values(node)
  return children.flat().filter(one => isNode(one))
}

function isNode<Value>(value: Value): value is Value & AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

/** The names that are known inside of a node because of the node itself. */
function declaredBy(node: AnyNode): Set<string> {
  const names = new Set<string>()
  switch (node.type) {
    case 'Program':
    case 'BlockStatement':
      for (const statement of node.body) addLexical(statement, names)
      if (node.type === 'Program') addVars(node, names)
      break
    case 'SwitchStatement':
      for (const one of node.cases) {
        for (const statement of one.consequent) addLexical(statement, names)
      }
      break
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      for (const parameter of node.params) addPattern(parameter, names)
      if (node.id) names.add(node.id.name)
      if (node.type !== 'ArrowFunctionExpression') names.add('arguments')
      addVars(node.body, names)
      break
    case 'ForStatement':
      if (node.init) addLexical(node.init, names)
      break
    case 'ForInStatement':
    case 'ForOfStatement':
      addLexical(node.left, names)
      break
    case 'CatchClause':
      if (node.param) addPattern(node.param, names)
      break
    case 'ClassExpression':
      if (node.id) names.add(node.id.name)
      break
    default:
  }
  return names
}

function addLexical(node: AnyNode, names: Set<string>): void {
  if (node.type === 'VariableDeclaration') {
    for (const declarator of node.declarations) addPattern(declarator.id, names)
  }
  if ((node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') && node.id) {
    names.add(node.id.name)
  }
}

/** `var` reaches up to its function, from any depth. */
function addVars(node: AnyNode, names: Set<string>): void {
  if (node.type === 'VariableDeclaration' && node.kind === 'var') addLexical(node, names)
  for (const child of childrenOf(node)) {
    if (!/Function/.test(child.type)) addVars(child, names)
  }
}

function addPattern(pattern: AnyNode, names: Set<string>): void {
  switch (pattern.type) {
    case 'Identifier':
      names.add(pattern.name)
      break
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        addPattern(property.type === 'Property' ? property.value : property, names)
      }
      break
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element) addPattern(element, names)
      break
    case 'AssignmentPattern':
      addPattern(pattern.left, names)
      break
    case 'RestElement':
      addPattern(pattern.argument, names)
      break
    default:
  }
}
